// A client of the suite that owns no contract: it learns each service from server reflection.
const grpc = require('@grpc/grpc-js');
const { GrpcReflection } = require('grpc-js-reflection-client');

const credentials = grpc.credentials.createInsecure();
const fields = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };

// What the server at `target` says of a service or message, for example "twotier.registry.v1.RegistryService".
function contractOf(target, symbol) {
  return new GrpcReflection(target, credentials).getDescriptorBySymbol(symbol);
}

async function connect(target, service) {
  const contract = await contractOf(target, service);
  const packages = contract.getPackageObject(fields);
  const Client = service.split('.').reduce((node, name) => node[name], packages);
  return new Client(target, credentials);
}

// Who calls. Servers believe this header on loopback only.
function identity(principal = 'dev') {
  const metadata = new grpc.Metadata();
  metadata.set('x-twotier-principal', principal);
  return metadata;
}

// Calls a unary method; rejects with grpc.ServiceError.
function call(client, method, request) {
  const options = { deadline: Date.now() + 10_000 };
  return new Promise((resolve, reject) => {
    client[method](request, identity(), options, (error, response) =>
      error ? reject(error) : resolve(response));
  });
}

// The google.rpc details of an error, by type: {"google.rpc.ErrorInfo": {...}, "google.rpc.BadRequest": {...}}.
async function detailsOf(target, error) {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  const typeOf = async (name) => (await contractOf(target, name)).getProtobufJsRoot().lookupType(name);
  const status = (await typeOf('google.rpc.Status')).decode(bytes);
  const details = {};
  for (const any of status.details) {
    const name = any.type_url.split('/').pop();
    const type = await typeOf(name);
    details[name] = type.toObject(type.decode(any.value), { longs: String, enums: String });
  }
  return details;
}

module.exports = { connect, call, detailsOf, identity };
