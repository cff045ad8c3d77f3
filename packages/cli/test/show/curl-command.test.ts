import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curlCommand } from '../../src/show/curl-command.ts';

const START = 'curl --include --location --compressed --globoff';

test('a request becomes a curl command that a shell reads as it was', () => {
  const url = "http://example.org/?a=1&b='x'";
  assert.equal(
    curlCommand({ method: 'GET', url, headers: {} }),
    `${START} --url 'http://example.org/?a=1&b='\\''x'\\'''`,
  );
  assert.equal(curlCommand({ method: 'HEAD', url: 'http://a/', headers: {} }), `${START} --head --url http://a/`);
  assert.equal(curlCommand({ method: 'PUT', url: 'http://a/', headers: {} }), `${START} --request PUT --url http://a/`);
});

test('a secret is read from the environment when the command is run', () => {
  const headers = { authorization: 'Bearer env:API_KEY', 'x-a': "it's" };
  assert.equal(
    curlCommand({ method: 'GET', url: 'http://a/', headers }),
    `${START} --header 'authorization: Bearer '"$API_KEY" --header 'x-a: it'\\''s' --url http://a/`,
  );
});

test('a URL that holds a command or an escape sequence is harmless on the screen and in the shell', () => {
  const command = curlCommand({ method: 'GET', url: 'http://a/$(rm -rf /)\x1b[2J', headers: {} });
  assert.equal(command, `${START} --url $'http://a/$(rm -rf /)\\x1b[2J'`);
});
