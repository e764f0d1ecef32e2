// A copy of the register's units that keeps itself current; docs/units.md explains it. Run it beside a registry:
//
//   NODE_PATH=tools/npm/node_modules node tests/interop/unit_copy.js 127.0.0.1:7401
const { connect, detailsOf, identity } = require('./suite_client.js');

const REGISTRY = 'twotier.registry.v1.RegistryService';
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 10_000;

class UnitCopy {
  // `onChange` is called after each snapshot and each group that was applied, with this copy.
  constructor(target, onChange = () => {}) {
    this.target = target;
    this.onChange = onChange;
    this.units = new Map();  // By name; each {version, unit}.
    this.token = null;  // Stored with the units, in one transaction, by a copy that outlives its process.
    this.knownTime = null;  // Everything the register knew up to here is in the copy.
    this.stopped = false;
  }

  // Follows the register until stop() is called.
  async follow() {
    this.client = await connect(this.target, REGISTRY);
    let retryMs = RETRY_MS_MIN;
    while (!this.stopped) {
      try {
        this.stream = this.client.WatchChanges({ resume_token: this.token ?? Buffer.alloc(0) }, identity());
        let staged = new Map();  // A snapshot counts once it is complete: until then the old copy answers.
        for await (const message of this.stream) {
          staged = this.apply(message, staged);
          retryMs = RETRY_MS_MIN;
        }
      } catch (error) {
        if (this.stopped) break;
        await this.recover(error);
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs * (0.5 + Math.random() / 2)));
      retryMs = Math.min(2 * retryMs, RETRY_MS_MAX);
    }
    this.client.close();
  }

  apply(message, staged) {
    switch (message.item) {
      case 'snapshot_part':
        for (const resource of message.snapshot_part.resources) put(staged, resource);
        return staged;
      case 'snapshot_end':
        this.units = staged;
        this.token = message.snapshot_end.resume_token;
        this.onChange(this);
        return new Map();
      case 'group':  // All of it or nothing: a unit that ended and its successors come together.
        for (const resource of message.group.changes) put(this.units, resource);
        this.token = message.group.resume_token;
        this.knownTime = message.group.known_time;
        this.onChange(this);
        return staged;
      default:
        this.knownTime = message.heartbeat.known_time;
        return staged;
    }
  }

  // Decides from the reason how to go on; what cannot be mended by asking again is thrown.
  async recover(error) {
    const details = await detailsOf(this.target, error).catch(() => ({}));  // None: the connection broke.
    switch (details['google.rpc.ErrorInfo']?.reason) {
      case 'RESUME_TOKEN_EXPIRED':  // Older than the feed keeps, or a change too large for one message.
      case 'WRONG_RESUME_TOKEN':  // Of another database, or of this one before it was restored.
        this.token = null;  // Begin with a snapshot; the copy goes on answering meanwhile.
        return;
      case 'NO_IDENTITY':
      case 'PERMISSION_MISSING':
        throw error;
      default:  // SLOW_CONSUMER, SHUTTING_DOWN, TOO_MANY_STREAMS, a broken connection: go on with the token held.
    }
  }

  stop() {
    this.stopped = true;
    this.stream?.cancel();
  }
}

// A change at or below the version held is dropped: streams overlap when they are resumed.
function put(units, resource) {
  if (resource.resource !== 'unit') return;  // Centers and tier models come on the same stream.
  const held = units.get(resource.subject);
  if (held && BigInt(resource.version) <= BigInt(held.version)) return;
  units.set(resource.subject, { version: resource.version, unit: resource.unit });
}

module.exports = { UnitCopy };

if (require.main === module) {
  const target = process.argv[2] ?? '127.0.0.1:7401';
  const copy = new UnitCopy(target, ({ units }) => console.log(`${units.size} units`));
  process.on('SIGINT', () => copy.stop());
  copy.follow();
}
