// The back office, in PHP with Laravel.

import { libraryFrame, ownFrame } from '../program.ts'
import type { Program } from '../program.ts'

const ROOT = '/var/www/backoffice'

const laravel = libraryFrame({
  function: 'Illuminate\\Routing\\Controller::callAction',
  filename: '/vendor/laravel/framework/src/Illuminate/Routing/Controller.php',
  abs_path: `${ROOT}/vendor/laravel/framework/src/Illuminate/Routing/Controller.php`,
  lineno: 54,
})

export const backoffice: Program = {
  name: 'backoffice',
  platform: 'php',
  sdk: { name: 'sentry.php.laravel', version: '4.29.0' },
  environments: ['production'],
  contexts: () => ({ runtime: { name: 'php', version: '8.4.12', sapi: 'fpm-fcgi' }, os: { name: 'Linux' } }),
  failures: [
    {
      weight: 4,
      transaction: '/admin/orders/export',
      handled: false,
      exceptions: (dice) => [
        {
          type: 'PDOException',
          value: 'SQLSTATE[HY000]: General error: 2006 MySQL server has gone away',
          frames: [],
        },
        {
          type: 'Illuminate\\Database\\QueryException',
          value: `SQLSTATE[HY000]: General error: 2006 MySQL server has gone away (select * from orders where week = ${dice.roll(1, 52)})`,
          frames: [
            laravel,
            ownFrame(
              {
                function: 'App\\Http\\Controllers\\OrderExportController::show',
                filename: '/app/Http/Controllers/OrderExportController.php',
                abs_path: `${ROOT}/app/Http/Controllers/OrderExportController.php`,
                lineno: 33,
              },
              `
    public function show(ExportRequest $request): StreamedResponse
    {
        return response()->streamDownload(function () use ($request) {
»            foreach ($this->orders->ofWeek($request->week()) as $order) {
                fputcsv(STDOUT, $order->toRow());
            }`,
            ),
            ownFrame(
              {
                function: 'App\\Repositories\\OrderRepository::ofWeek',
                filename: '/app/Repositories/OrderRepository.php',
                abs_path: `${ROOT}/app/Repositories/OrderRepository.php`,
                lineno: 58,
              },
              `
    public function ofWeek(int $week): LazyCollection
    {
»        return Order::where('week', $week)->orderBy('id')->cursor();
    }`,
            ),
          ],
        },
      ],
      breadcrumbs: () => [{ secondsBefore: 58, category: 'sql.query', message: 'select * from orders where week = ?' }],
      request: (dice) => ({
        method: 'GET',
        url: 'https://backoffice.example.com/admin/orders/export',
        query_string: `week=${dice.roll(1, 52)}`,
        cookies: { backoffice_session: dice.hex(24) },
      }),
    },
    {
      weight: 3,
      transaction: '/admin/labels',
      level: 'warning',
      handled: true,
      exceptions: () => [
        {
          type: 'ErrorException',
          value: 'Warning: Undefined array key "weight_g"',
          frames: [
            laravel,
            ownFrame(
              {
                function: 'App\\Shipping\\LabelPrinter::print',
                filename: '/app/Shipping/LabelPrinter.php',
                abs_path: `${ROOT}/app/Shipping/LabelPrinter.php`,
                lineno: 41,
              },
              `
        foreach ($parcel['items'] as $item) {
            // Weights are whole grams.
»            $weight += $item['weight_g'] * $item['count'];
        }`,
            ),
          ],
        },
      ],
      breadcrumbs: () => [{ secondsBefore: 1, category: 'cache', message: 'Read: parcels:open' }],
    },
  ],
}
