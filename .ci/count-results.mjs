// Prints `N passed, N failed` (and `, N skipped` when there are any) from Vitest's JSON reports, added up. A file that
// failed before its first test counts as one failure: otherwise a syntax error would look like nothing to test.

import { readFileSync } from 'node:fs'

const sums = { passed: 0, failed: 0, skipped: 0 }
for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, 'utf8'))
  const filesWithoutTests = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  sums.passed += report.numPassedTests
  sums.failed += report.numFailedTests + filesWithoutTests.length
  sums.skipped += report.numPendingTests + report.numTodoTests
}
console.log(`${sums.passed} passed, ${sums.failed} failed${sums.skipped > 0 ? `, ${sums.skipped} skipped` : ''}`)
process.exit(sums.failed > 0 ? 1 : 0)
