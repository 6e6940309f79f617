// Billing, in Python with Django and Celery.

import { libraryFrame, ownFrame } from '../program.ts'
import type { Program } from '../program.ts'

const ROOT = '/srv/billing'
const PACKAGES = `${ROOT}/venv/lib/python3.13/site-packages`

const django = libraryFrame({
  function: '_get_response',
  filename: 'django/core/handlers/base.py',
  abs_path: `${PACKAGES}/django/core/handlers/base.py`,
  module: 'django.core.handlers.base',
  lineno: 197,
})

const celery = libraryFrame({
  function: 'trace_task',
  filename: 'celery/app/trace.py',
  abs_path: `${PACKAGES}/celery/app/trace.py`,
  module: 'celery.app.trace',
  lineno: 453,
})

export const billing: Program = {
  name: 'billing',
  platform: 'python',
  sdk: { name: 'sentry.python.django', version: '2.75.0' },
  environments: ['production', 'production', 'canary'],
  contexts: () => ({ runtime: { name: 'CPython', version: '3.13.7' }, os: { name: 'Linux', version: '6.12.41' } }),
  failures: [
    {
      weight: 6,
      transaction: '/invoices/{id}/pdf',
      handled: false,
      exceptions: (dice) => [
        {
          type: 'KeyError',
          value: "'vat_rate'",
          frames: [
            ownFrame(
              {
                function: 'country_rate',
                filename: 'billing/tax.py',
                abs_path: `${ROOT}/billing/tax.py`,
                module: 'billing.tax',
                lineno: 31,
                vars: { country: `'${dice.pick(['NO', 'CH', 'IS'])}'`, RATES: '{...}' },
              },
              `
def country_rate(country):
    entry = RATES[country]
»    return Decimal(entry["vat_rate"]) / 100
`,
            ),
          ],
        },
        {
          type: 'InvoiceError',
          module: 'billing.errors',
          value: `cannot compute taxes of invoice ${dice.roll(100_000, 999_999)}`,
          frames: [
            django,
            ownFrame(
              {
                function: 'invoice_pdf',
                filename: 'billing/views.py',
                abs_path: `${ROOT}/billing/views.py`,
                module: 'billing.views',
                lineno: 77,
                vars: { request: '<WSGIRequest: GET>', draft: 'False' },
              },
              `
@require_GET
def invoice_pdf(request, invoice_id):
    invoice = get_object_or_404(Invoice, pk=invoice_id)
»    totals = compute_totals(invoice)
    return FileResponse(render_pdf(invoice, totals), filename=invoice.file_name)`,
            ),
            ownFrame(
              {
                function: 'compute_totals',
                filename: 'billing/tax.py',
                abs_path: `${ROOT}/billing/tax.py`,
                module: 'billing.tax',
                lineno: 54,
                vars: { invoice: '<Invoice>', net: "Decimal('129.90')" },
              },
              `
    try:
        rate = country_rate(invoice.country)
    except KeyError as error:
»        raise InvoiceError(f"cannot compute taxes of invoice {invoice.pk}") from error
    return Totals(net, net * rate)`,
            ),
          ],
        },
      ],
      breadcrumbs: () => [
        { secondsBefore: 0.3, category: 'query', message: 'SELECT ... FROM billing_invoice WHERE id = %s' },
        { secondsBefore: 0.1, category: 'billing.tax', level: 'warning', message: 'no rate for the country' },
      ],
      request: (dice) => ({
        method: 'GET',
        url: `https://billing.example.com/invoices/${dice.roll(100_000, 999_999)}/pdf`,
        headers: { Accept: 'application/pdf' },
        env: { SERVER_NAME: 'billing-1', SERVER_PORT: '443' },
      }),
    },
    {
      weight: 4,
      transaction: 'billing.tasks.remind_debtors',
      handled: true,
      exceptions: (dice) => [
        {
          type: 'SMTPServerDisconnected',
          module: 'smtplib',
          value: 'Connection unexpectedly closed: timed out',
          frames: [
            celery,
            ownFrame(
              {
                function: 'remind_debtors',
                filename: 'billing/tasks.py',
                abs_path: `${ROOT}/billing/tasks.py`,
                module: 'billing.tasks',
                lineno: 22,
                vars: { batch: String(dice.roll(1, 60)) },
              },
              `
@shared_task(max_retries=5)
def remind_debtors(batch):
    for invoice in overdue(batch):
»        send_reminder(invoice)
`,
            ),
            ownFrame(
              {
                function: 'send_reminder',
                filename: 'billing/mail.py',
                abs_path: `${ROOT}/billing/mail.py`,
                module: 'billing.mail',
                lineno: 15,
                vars: { invoice: '<Invoice>' },
              },
              `
def send_reminder(invoice):
    message = render_reminder(invoice)
    with get_connection() as connection:
»        connection.send_messages([message])
    invoice.reminded_at = now()`,
            ),
            libraryFrame({
              function: 'getreply',
              filename: 'smtplib.py',
              abs_path: '/usr/lib/python3.13/smtplib.py',
              module: 'smtplib',
              lineno: 405,
            }),
          ],
        },
      ],
      breadcrumbs: (dice) => [
        { secondsBefore: 12, category: 'celery', message: `task received, ${dice.roll(10, 80)} invoices` },
      ],
      extra: () => ({ 'celery-job': { task_name: 'billing.tasks.remind_debtors', kwargs: {} } }),
    },
  ],
}
