// Starts services for a test, with the national data on SQLite files of their own, and stops them.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');

const START_MS_MAX = 60_000;
const FIRST_PORT = 20_000;
const END_PORT = 32_000;
const PORT_TRIES_MAX = 100;

// A port that nothing listens on at the moment, below the kernel's range for outgoing connections, which starts at
// 32768: one of those would take the port before the server has it.
async function freePort() {
  for (let tries = 0; tries < PORT_TRIES_MAX; ++tries) {
    const port = FIRST_PORT + Math.floor(Math.random() * (END_PORT - FIRST_PORT));
    const server = net.createServer();
    const isFree = await new Promise((resolve, reject) => {
      server.on('error', (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
  throw new Error('no port is free');
}

// The health service has no descriptor to reflect, so its two one-field messages are written by hand.
const Health = grpc.makeGenericClientConstructor({
  watch: {
    path: '/grpc.health.v1.Health/Watch',
    requestStream: false,
    responseStream: true,
    requestSerialize: (name) => Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]),
    requestDeserialize: (bytes) => bytes,
    responseSerialize: (bytes) => bytes,
    responseDeserialize: (bytes) => bytes.equals(Buffer.from([0x08, 0x01])),  // True: SERVING.
  },
});

// Resolves when the service named `name` serves, also while nothing listens yet.
function serving(target, name) {
  const client = new Health(target, grpc.credentials.createInsecure());
  const stream = client.watch(name, new grpc.Metadata({ waitForReady: true }),
    { deadline: Date.now() + START_MS_MAX });
  return new Promise((resolve, reject) => {
    stream.on('data', (isServing) => isServing && resolve());
    stream.on('error', reject);
    stream.on('end', () => reject(new Error(`${name} ended before it served`)));
  }).finally(() => {
    stream.on('error', () => {});  // Of the cancellation.
    stream.cancel();
    client.close();
  });
}

class Services {
  constructor() {
    this.home = fs.mkdtempSync(path.join(os.tmpdir(), 'twotier-interop-'));
    this.processes = {};
  }

  // Starts the binary that the environment names and waits until it serves reads and writes.
  async start(name, service, flags = []) {
    const binary = process.env[`TWOTIER_${name.toUpperCase()}_BINARY`];
    const target = `127.0.0.1:${await freePort()}`;
    const log = path.join(this.home, `${name}.log`);
    const out = fs.openSync(log, 'w');
    const child = spawn(binary, [
      `--listen=${target}`,
      `--metrics_listen=127.0.0.1:${await freePort()}`,
      `--database=sqlite:${path.join(this.home, `${name}.db`)}`,
      `--reference_data_dir=services/${name}/data`,
      ...flags,
    ], { stdio: ['ignore', out, out] });
    fs.closeSync(out);
    const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
    this.processes[name] = { child, ended };
    const endedEarly = ended.then((code) => {
      throw new Error(`${name} ended with ${code}:\n${fs.readFileSync(log, 'utf8').slice(-4000)}`);
    });
    endedEarly.catch(() => {});  // After the start, an end is what stop() waits for.
    await Promise.race([
      Promise.all([serving(target, service), serving(target, `${service}.writes`)]),
      endedEarly,
    ]);
    return target;
  }

  // Asks every process to end and returns how each did: {registry: 0, routing: 0}.
  async stop() {
    const codes = {};
    for (const [name, { child, ended }] of Object.entries(this.processes).reverse()) {
      child.kill('SIGTERM');
      codes[name] = await ended;
    }
    fs.rmSync(this.home, { recursive: true });
    return codes;
  }
}

module.exports = { Services };
