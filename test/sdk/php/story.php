<?php

// The story (../story.ts) as a PHP program tells it: php story.php <dsn> <case>

declare(strict_types=1);

require __DIR__ . '/vendor/autoload.php';

use Sentry\Breadcrumb;
use Sentry\CheckIn;
use Sentry\CheckInStatus;
use Sentry\Event;
use Sentry\MonitorConfig;
use Sentry\MonitorSchedule;
use Sentry\MonitorScheduleUnit;
use Sentry\SentrySdk;
use Sentry\Severity;
use Sentry\State\Scope;
use Sentry\Tracing\SpanContext;
use Sentry\Tracing\SpanStatus;
use Sentry\Tracing\TransactionContext;

final class PaymentError extends RuntimeException
{
}

final class Gateway
{
    public function call(string $order): void
    {
        throw new InvalidArgumentException("gateway answered 502 for $order");
    }
}

function charge(string $order): void
{
    try {
        (new Gateway())->call($order);
    } catch (InvalidArgumentException $cause) {
        throw new PaymentError("could not charge order $order", 0, $cause);
    }
}

function captureCheckout(): void
{
    try {
        charge('A-1001');
    } catch (PaymentError $error) {
        Sentry\captureException($error);
    }
}

function init(string $dsn, array $options = []): void
{
    Sentry\init($options + [
        'dsn' => $dsn,
        'release' => 'shop@1.4.2',
        'environment' => 'production',
        'server_name' => 'sample-host',
    ]);
    Sentry\configureScope(function (Scope $scope): void {
        $scope->setUser(['id' => '4711', 'username' => 'ada', 'email' => 'ada@example.com', 'ip_address' => '203.0.113.7']);
        $scope->setTags(['payment' => 'card', 'region' => 'eu-west']);
        $scope->setExtra('cart_items', 3);
        $scope->setContext('order', ['number' => 'A-1001', 'total' => 59.9]);
    });
    addBreadcrumb(Breadcrumb::LEVEL_INFO, Breadcrumb::TYPE_USER, 'auth', 'ada signed in', []);
    addBreadcrumb(Breadcrumb::LEVEL_DEBUG, Breadcrumb::TYPE_DEFAULT, 'cart', 'added TEA-1', ['sku' => 'TEA-1', 'qty' => 2]);
    $request = ['url' => 'http://pay.example.com/charge', 'method' => 'POST', 'status_code' => 502];
    addBreadcrumb(Breadcrumb::LEVEL_WARNING, Breadcrumb::TYPE_HTTP, 'http', 'POST /pay', $request);
}

function addBreadcrumb(string $level, string $type, string $category, string $message, array $data): void
{
    Sentry\addBreadcrumb(new Breadcrumb($level, $type, $category, $message, $data));
}

function tellTransaction(string $dsn): void
{
    init($dsn, ['traces_sample_rate' => 1.0]);
    $context = new TransactionContext('checkout');
    $context->setOp('task');
    $transaction = Sentry\startTransaction($context);
    SentrySdk::getCurrentHub()->setSpan($transaction);
    $request = new SpanContext();
    $request->setOp('http.client');
    $request->setDescription('POST http://pay.example.com/charge');
    $span = $transaction->startChild($request);
    captureCheckout();
    $span->finish();
    $transaction->setStatus(SpanStatus::internalError());
    $transaction->finish();
}

function tellCheckIn(string $dsn): void
{
    init($dsn);
    $nightly = $hourly = null;
    if (class_exists(MonitorConfig::class)) {
        $nightly = new MonitorConfig(MonitorSchedule::crontab('0 3 * * *'), 5, 30, 'Europe/Berlin');
        $hourly = new MonitorConfig(MonitorSchedule::interval(1, MonitorScheduleUnit::hour()));
    }
    $id = checkIn('nightly-stock', CheckInStatus::inProgress(), null, null, $nightly);
    checkIn('nightly-stock', CheckInStatus::ok(), $id, 30, $nightly);
    checkIn('hourly-mail', CheckInStatus::error(), null, null, $hourly);
}

function checkIn(string $slug, CheckInStatus $status, ?string $id, ?int $duration, ?object $config): string
{
    $options = SentrySdk::getCurrentHub()->getClient()->getOptions();
    $about = [$slug, $status, $id, $options->getRelease(), $options->getEnvironment(), $duration];
    $checkIn = new CheckIn(...($config === null ? $about : [...$about, $config]));
    $event = Event::createCheckIn();
    $event->setCheckIn($checkIn);
    Sentry\captureEvent($event);

    return $checkIn->getId();
}

[, $dsn, $case] = $argv;
switch ($case) {
    case 'exception':
        init($dsn);
        captureCheckout();
        break;
    case 'message':
        init($dsn);
        Sentry\captureMessage('stock is low: TEA-1 "Grüner Tee" 茶 🍵', Severity::warning());
        break;
    case 'transaction':
        tellTransaction($dsn);
        break;
    case 'checkin':
        tellCheckIn($dsn);
        break;
    case 'logs':
        init($dsn, ['enable_logs' => true]);
        Sentry\logger()->info('order paid');
        Sentry\logger()->flush();
        break;
    default:
        fwrite(STDERR, "no such case: $case\n");
        exit(1);
}
SentrySdk::getCurrentHub()->getClient()->flush();
