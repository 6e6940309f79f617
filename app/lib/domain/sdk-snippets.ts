// How to send a first error from each platform: install, configure, throw. Short enough to paste, complete enough to
// work, and every one of them with the project's own DSN in it.

export interface SdkSnippet {
  id: string
  name: string
  /** Two letters for the tile. */
  sign: string
  install: string
  configure: string
  test: string
}

/** @param dsn goes into string literals: the caller passes what the API gave, which holds no quotes. */
export function listSdkSnippets(dsn: string): SdkSnippet[] {
  return [
    {
      id: 'browser',
      name: 'Browser',
      sign: 'JS',
      install: 'npm install @sentry/browser',
      configure: `import * as Sentry from '@sentry/browser'

Sentry.init({
  dsn: '${dsn}',
})`,
      test: `setTimeout(() => {
  throw new Error('Hello, Faultline')
})`,
    },
    {
      id: 'node',
      name: 'Node.js',
      sign: 'No',
      install: 'npm install @sentry/node',
      configure: `// instrument.mjs, loaded first: node --import ./instrument.mjs app.js
import * as Sentry from '@sentry/node'

Sentry.init({
  dsn: '${dsn}',
})`,
      test: `setTimeout(() => {
  throw new Error('Hello, Faultline')
})`,
    },
    {
      id: 'python',
      name: 'Python',
      sign: 'Py',
      install: 'pip install sentry-sdk',
      configure: `import sentry_sdk

sentry_sdk.init(
    dsn="${dsn}",
)`,
      test: `raise RuntimeError("Hello, Faultline")`,
    },
    {
      id: 'go',
      name: 'Go',
      sign: 'Go',
      install: 'go get github.com/getsentry/sentry-go',
      configure: `import (
	"errors"
	"log"
	"time"

	"github.com/getsentry/sentry-go"
)

err := sentry.Init(sentry.ClientOptions{
	Dsn: "${dsn}",
})
if err != nil {
	log.Fatal(err)
}
defer sentry.Flush(2 * time.Second)`,
      test: `sentry.CaptureException(errors.New("Hello, Faultline"))`,
    },
    {
      id: 'java',
      name: 'Java',
      sign: 'Ja',
      install: `<!-- pom.xml; the newest version stands on Maven Central -->
<dependency>
  <groupId>io.sentry</groupId>
  <artifactId>sentry</artifactId>
  <version>8.13.2</version>
</dependency>`,
      configure: `import io.sentry.Sentry;

Sentry.init(options -> {
  options.setDsn("${dsn}");
});`,
      test: `Sentry.captureException(new IllegalStateException("Hello, Faultline"));`,
    },
    {
      id: 'php',
      name: 'PHP',
      sign: 'Ph',
      install: 'composer require sentry/sentry',
      configure: `require 'vendor/autoload.php';

\\Sentry\\init([
  'dsn' => '${dsn}',
]);`,
      test: `\\Sentry\\captureException(new RuntimeException('Hello, Faultline'));`,
    },
    {
      id: 'ruby',
      name: 'Ruby',
      sign: 'Rb',
      install: 'bundle add sentry-ruby',
      configure: `require "sentry-ruby"

Sentry.init do |config|
  config.dsn = "${dsn}"
end`,
      test: `Sentry.capture_exception(RuntimeError.new("Hello, Faultline"))`,
    },
    {
      id: 'rust',
      name: 'Rust',
      sign: 'Rs',
      install: 'cargo add sentry',
      configure: `fn main() {
    let _guard = sentry::init((
        "${dsn}",
        sentry::ClientOptions {
            release: sentry::release_name!(),
            ..Default::default()
        },
    ));
    // the program
}`,
      test: `panic!("Hello, Faultline");`,
    },
  ]
}
