import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startLab } from '@sluice/lab';
import { createService, type ServiceOptions } from '@sluice/service';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { temporaryFolder, until } from './support/sluice.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const isThere = existsSync(CHROMIUM);
const missing = `there is no browser at ${CHROMIUM}: apt-get install chromium, or set CHROMIUM to the path of one`;
// Under CI a browser that is missing is a failure, never a skipped test.
const options = isThere || process.env.CI === 'true' ? { timeout: 120_000 } : { skip: missing };

let browser: Browser;
before(async () => {
  if (isThere) browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
after(async () => {
  if (isThere) await browser.close();
});

/** A service with its page open. Whatever the browser complains of, a refused script say, fails the test. */
async function openPage(
  service: ServiceOptions,
  view: BrowserContextOptions = {},
): Promise<{ page: Page; url: string; complaints: string[] } & AsyncDisposable> {
  assert.ok(isThere, missing);
  const running = await createService({ port: 0, grace: '300ms', ...service });
  const context = await browser.newContext(view);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(running.url);
  return {
    page,
    url: running.url,
    complaints,
    async [Symbol.asyncDispose]() {
      await context.close();
      await running.close();
    },
  };
}

async function submit(
  page: Page,
  urls: readonly string[],
  fields: Readonly<Record<string, string>> = {},
): Promise<void> {
  await page.getByLabel('URLs, one a line').fill(urls.join('\n'));
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Start' }).click();
}

test(
  'a list is submitted, watched live, stopped, resumed to its end, and deleted, all on the page',
  options,
  async () => {
    await using lab = await startLab();
    await using folder = await temporaryFolder();
    await using opened = await openPage({ folder: folder.path });
    const { page, complaints } = opened;
    await page.getByText('No run yet').waitFor();
    await submit(
      page,
      Array.from({ length: 60 }, (_, n) => `${lab.url}/delay/0.1?n=${n}`),
      { 'Per host': '4' },
    );
    const row = page.locator('tr.run').first();
    await row.getByText('Running').waitFor();
    const bar = row.getByRole('progressbar');
    await until(async () => Number(await bar.getAttribute('aria-valuenow')) > 4, 'some progress');
    assert.equal(await bar.getAttribute('aria-valuemax'), '60');
    assert.match((await row.locator('.amount').textContent()) ?? '', /^\d+ of 60, \d+ %$/);
    assert.match((await row.locator('[data-label=Rate]').textContent()) ?? '', /\/s$/);

    await row.getByRole('button', { name: /^Stop/ }).click();
    await row.getByText('Stopped').waitFor();
    assert.match((await page.locator('#announcer').textContent()) ?? '', /stopped, \d+ of 60 settled/);
    await row.getByRole('button', { name: /^Resume/ }).click();
    await row.getByText('Complete').waitFor();
    assert.equal((await row.locator('.classes').textContent()) ?? '', 'ok 60');

    page.once('dialog', (dialog) => void dialog.accept());
    await row.getByRole('button', { name: /^Delete/ }).click();
    await page.getByText('No run yet').waitFor();
    assert.deepEqual(complaints, []);
  },
);

test('failures are shown like with like, retried, and what servers and lists say stays text', options, async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await using opened = await openPage({ folder: folder.path });
  const { page, complaints, url } = opened;
  const evil = '<img src=x onerror=document.title="broken">\u202eevil';
  await writeFile(join(folder.path, '<b>bold<b>.run.db'), 'no ledger');
  const list = await page.request.post(`${url}/api/v1/lists`, {
    data: `${evil}\n${lab.url}/status/500\n${lab.url}/status/200`,
    headers: { 'content-type': 'text/plain' },
  });
  const { id } = (await list.json()) as { id: string };
  await page.request.post(`${url}/api/v1/runs`, { data: { verb: 'fetch', list: id, retries: 0 } });
  const row = page.locator('tr.run', { hasText: 'fetch' });
  await row.getByText('Complete').waitFor();
  const button = row.getByRole('button', { name: /^Failures/ });
  await button.click();
  const clusters = page.getByRole('list', { name: /^Failures/ });
  await clusters.waitFor();
  assert.equal(await button.getAttribute('aria-expanded'), 'true');
  assert.match((await clusters.textContent()) ?? '', /<img src=x onerror/);
  assert.doesNotMatch((await clusters.textContent()) ?? '', /\u202e/);
  assert.equal(await page.locator('main img').count(), 0);
  await row.getByRole('button', { name: /^Retry failed/ }).click();
  await until(() => lab.hits.get('/status/500') === 2, 'the second try');
  await row.getByText('Complete').waitFor();
  await page.reload();
  await page.locator('.name', { hasText: '<b>bold<b>' }).waitFor();
  assert.equal(await page.title(), 'Sluice');
  assert.deepEqual(complaints, []);
});

test('what is wrong with a list is said beside it, and nothing that was typed is lost', options, async () => {
  await using folder = await temporaryFolder();
  await using opened = await openPage({ folder: folder.path });
  const { page } = opened;
  await submit(page, ['https://example.test/', 'not a url']);
  const error = page.locator('#submit-error');
  await error.getByText('URL 2 is no http or https URL.').waitFor();
  assert.match(await page.getByLabel('URLs, one a line').inputValue(), /not a url/);
});

test('with a token the page asks for it, shows nothing before, and forgets it when told to', options, async () => {
  await using folder = await temporaryFolder();
  await using opened = await openPage({ folder: folder.path, token: 'correct-horse-battery' });
  const { page } = opened;
  const token = page.getByLabel('Token of this service');
  await token.waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Runs' }).isVisible(), false);
  await token.fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This is not the token of this service.').waitFor();
  await token.fill('correct-horse-battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  assert.equal(await page.evaluate('document.cookie'), '', 'no script can read the cookie');
  await page.reload();
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await token.waitFor();
  assert.equal((await page.request.get(`${opened.url}/api/v1/runs`)).status(), 401);
});

test('a folder with 1,000 runs opens fast and shows all of them, part by part', options, async () => {
  await using folder = await temporaryFolder();
  for (let n = 0; n < 1000; n++) {
    const recipe = { version: 1, work: { verb: 'fetch', list: null }, options: {}, idempotency: null };
    await writeFile(join(folder.path, `20260101-${100_000_000 + n}-aaaaaaaaaa.run.json`), JSON.stringify(recipe));
  }
  await using opened = await openPage({ folder: folder.path });
  const { page } = opened;
  const older = page.getByRole('button', { name: 'Show older runs' });
  await older.waitFor();
  assert.equal(await page.locator('tr.run').count(), 50);
  for (let shown = 50; shown < 1000; shown += 50) {
    await older.click();
    await until(async () => (await page.locator('tr.run').count()) === shown + 50, `${shown + 50} rows`);
  }
  assert.equal(await older.isVisible(), false);
});

test(
  'it fits from 320 to 1600 pixels, in light and dark, can be used by keyboard, and says what it shows',
  options,
  async () => {
    await using lab = await startLab();
    await using folder = await temporaryFolder();
    const shots = await mkdtemp(join(tmpdir(), 'sluice-dashboard-'));
    await using opened = await openPage({ folder: folder.path, maxRuns: 1 }, { reducedMotion: 'reduce' });
    const { page, complaints } = opened;
    await submit(
      page,
      Array.from({ length: 30 }, (_, n) => `${lab.url}/status/${n % 4 === 0 ? 404 : 200}?n=${n}`),
    );
    await page.locator('.state', { hasText: 'Complete' }).waitFor();
    await submit(
      page,
      Array.from({ length: 400 }, (_, n) => `${lab.url}/delay/0.3?n=${n}`),
      { 'Per host': '8' },
    );
    await page.locator('tr.run').first().getByText('Running').waitFor();
    await submit(page, [`${lab.url}/get`]);
    await page.locator('.state', { hasText: 'Queued, place 1' }).waitFor();
    await page
      .locator('tr.run')
      .last()
      .getByRole('button', { name: /^Failures/ })
      .click();
    await page.getByRole('list', { name: /^Failures/ }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const width of [320, 375, 1280, 1600]) {
        await page.setViewportSize({ width, height: 900 });
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        assert.ok(Number(wide) <= width, `at ${width} px the page is ${wide} px wide`);
        if (width === 375 || width === 1280) {
          await page.screenshot({ path: join(shots, `${colorScheme}-${width}.png`), fullPage: true });
        }
      }
    }
    console.log(`screenshots: ${shots}`);
    for (const role of ['banner', 'main'] as const) assert.equal(await page.getByRole(role).count(), 1, role);
    for (const name of ['Fetch a list', 'Runs'])
      assert.equal(await page.getByRole('region', { name }).count(), 1, name);
    assert.equal(await page.locator('button:not(:has-text(""))').count(), 0, 'every button has a name');
    assert.equal(
      await page.evaluate('getComputedStyle(document.querySelector(".track span")).transitionDuration'),
      '0s',
    );
    await page.locator('body').press('Tab');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    assert.equal(outline, 'solid', 'where the focus is can be seen');
    const bars = await page.getByRole('progressbar').all();
    const names = await Promise.all(bars.map((bar) => bar.getAttribute('aria-label')));
    assert.equal(new Set(names).size, 3, 'every bar says whose it is');
    assert.deepEqual(complaints, []);
  },
);
