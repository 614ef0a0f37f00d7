import { defineConfig } from '@playwright/test';

const target = process.env.BELFRY_URL;
const runner = 'http://localhost:8790';
// Chromium's own sandbox refuses to start for root, as in many containers.
const root = process.getuid?.() === 0;

// Workers inherit it: where this run begins to take its users, so that two runs on one server seldom share one.
process.env.BELFRY_TEST_RUN ??= String(Math.floor(Math.random() * 9_999));

export default defineConfig({
  testDir: 'tests/browser',
  outputDir: 'test-results/browser',
  fullyParallel: true,
  workers: 2,
  forbidOnly: process.env.CI !== undefined,
  timeout: 30_000,
  reporter: 'list',
  use: {
    baseURL: target ?? runner,
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        ...(root ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // A page that a test has put in the server's place counts as being from elsewhere.
        '--disable-features=LocalNetworkAccessChecks',
      ],
    },
  },
  ...(target
    ? {}
    : {
        webServer: {
          command: 'cargo run --quiet -- --port 8790',
          cwd: '..',
          url: `${runner}/api/health/`,
          // A first run compiles the runner.
          timeout: 900_000,
          reuseExistingServer: false,
          stdout: 'ignore' as const,
        },
      }),
});
