#!/bin/sh
# Goal of this test: node's test runner gives the same result as outside.
. "$(dirname "$0")/../lib.sh"
have node || skip_all 'node is not installed'

mkdir "$T/suite"
cat >"$T/suite/work.test.js" <<'EOF'
const test = require('node:test');
const assert = require('node:assert');
const http = require('node:http');
const net = require('node:net');
const fs = require('node:fs');
const cp = require('node:child_process');
const { Worker } = require('node:worker_threads');

test('http on loopback', async () => {
  const s = http.createServer((q, r) => r.end('hello')).listen(0, '127.0.0.1');
  await new Promise((ok) => s.once('listening', ok));
  const text = await new Promise((ok, no) => http.get(
    { port: s.address().port, host: '127.0.0.1', agent: false }, (r) => {
      let t = '';
      r.on('data', (d) => { t += d; });
      r.on('end', () => ok(t));
    }).on('error', no));
  s.close();
  assert.strictEqual(text, 'hello');
});
test('unix socket', async () => {
  const s = net.createServer((c) => c.end('u')).listen('s.sock');
  await new Promise((ok) => s.once('listening', ok));
  const text = await new Promise((ok) => net.connect('s.sock')
    .on('data', (d) => ok(String(d))));
  s.close();
  assert.strictEqual(text, 'u');
});
test('child processes', () => {
  assert.strictEqual(String(cp.execSync('echo child')), 'child\n');
  assert.strictEqual(cp.spawnSync('sh', ['-c', 'exit 5']).status, 5);
  assert.strictEqual(cp.spawnSync('sh', ['-c', 'kill -9 $$']).signal, 'SIGKILL');
});
test('input of a child', async () => {
  const c = cp.spawn('cat');
  c.stdin.end('through');
  let t = '';
  for await (const d of c.stdout) t += d;
  assert.strictEqual(t, 'through');
});
test('worker', async () => {
  const w = new Worker('require("worker_threads").parentPort.postMessage(7)', { eval: true });
  assert.strictEqual(await new Promise((ok) => w.once('message', ok)), 7);
});
test('files', () => {
  fs.writeFileSync('x', 'y');
  fs.renameSync('x', 'z');
  assert.strictEqual(fs.readFileSync('z', 'utf8'), 'y');
  fs.unlinkSync('z');
});
EOF
mkdir "$T/failing"
cat >"$T/failing/f.test.js" <<'EOF'
require('node:test')('fails', () => { throw new Error('on purpose'); });
EOF
MASK='s/duration_ms.*//; s/([0-9.]*ms)//; s@at .*@@; s/^# *$//'
SEED=$T/suite
same 'node --test' -- node --test
SEED=$T/failing
same 'a failing test stays one' -- node --test
SEED=$T/suite
same 'node -e' -- node -e 'console.log([1, 2].map((x) => x * 2)); process.exit(6)'
finish
