// Classifies files and folders with @grpc/grpc-js. See README.md beside this
// folder.
import fs from 'node:fs';
import path from 'node:path';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const env = process.env;
const addresses = (env.WANWU_ADDRESS ?? '127.0.0.1:8500').split(',');
const deadlineSeconds = Number(env.WANWU_DEADLINE ?? 10);
const inFlight = Number(env.WANWU_IN_FLIGHT ?? 16);

// The definitions are read as they are; nothing is generated.
function load(...files) {
  return protoLoader.loadSync(files, {
    includeDirs: env.WANWU_PROTO_PATH.split(':'),
    defaults: true,
    oneofs: true,
    longs: Number,
  });
}

const definitions = load(
  'wanwu/v1/image_classifier.proto',
  'google/rpc/status.proto',
  'google/rpc/error_details.proto',
  'grpc/health/v1/health.proto',
);
const { wanwu, grpc: grpcApi } = grpc.loadPackageDefinition(definitions);

function credentials() {
  if (env.WANWU_CA_FILE === undefined) return grpc.credentials.createInsecure();
  const tls = grpc.credentials.createSsl(fs.readFileSync(env.WANWU_CA_FILE));
  if (env.WANWU_TOKEN_FILE === undefined) return tls;
  const token = fs.readFileSync(env.WANWU_TOKEN_FILE, 'utf8').trim();
  const bearer = grpc.credentials.createFromMetadataGenerator((_, callback) => {
    const metadata = new grpc.Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    callback(null, metadata);
  });
  return grpc.credentials.combineChannelCredentials(tls, bearer);
}

const deadline = () => new Date(Date.now() + 1000 * deadlineSeconds);

// grpc-js balances and retries as the service config says, but does not check
// health: who is not serving when we start is left out here.
async function healthy() {
  const asked = addresses.map((address) => new Promise((resolve) => {
    const health = new grpcApi.health.v1.Health(address, credentials());
    health.Check({ service: 'wanwu.v1.ImageClassifier' },
      { deadline: deadline() }, (error, answer) => {
        health.close();
        resolve(error === null && answer.status === 1);
      });
  }));
  const answers = await Promise.all(asked);
  const chosen = addresses.filter((_, index) => answers[index]);
  return chosen.length > 0 ? chosen : addresses;
}

async function connect() {
  const chosen = await healthy();
  const target = chosen.length > 1 ? `ipv4:${chosen.join(',')}` : chosen[0];
  return new wanwu.v1.ImageClassifier(target, credentials(), {
    'grpc.service_config': fs.readFileSync(env.WANWU_SERVICE_CONFIG, 'utf8'),
    // Else only what fits into 1 MiB is sent again.
    'grpc.per_rpc_retry_buffer_size': 20 * 2 ** 20,
  });
}

function printAnswer(name, response) {
  const best = response.classifications[0];
  console.log([name, best.label, best.probability.toFixed(4)].join('\t'));
}

// Of a google.rpc.Status.
function printError(name, status) {
  let reason = '-';
  let retry = '-';
  for (const { type_url: type, value } of status.details) {
    const kind = type.split('/').pop();
    if (kind === 'google.rpc.ErrorInfo') {
      reason = definitions[kind].deserialize(value).reason;
    } else if (kind === 'google.rpc.RetryInfo') {
      const delay = definitions[kind].deserialize(value).retryDelay;
      retry = (delay.seconds + delay.nanos / 1e9).toFixed(3);
    }
  }
  const code = grpc.status[status.code];
  console.log([name, 'error', code, reason, retry, status.message].join('\t'));
}

function statusOf(error) {
  const [details] = error.metadata?.get('grpc-status-details-bin') ?? [];
  if (details !== undefined) {
    return definitions['google.rpc.Status'].deserialize(details);
  }
  return { code: error.code, message: error.details, details: [] };
}

function classifyFile(client, file) {
  const name = path.basename(file);
  return new Promise((resolve) => {
    client.Classify({ image: fs.readFileSync(file) }, { deadline: deadline() },
      (error, response) => {
        if (error) printError(name, statusOf(error));
        else printAnswer(name, response);
        resolve();
      });
  });
}

// One stream, in which `inFlight` pictures are unanswered at most.
function classifyFolder(client, folder) {
  const names = fs.readdirSync(folder).sort();
  return new Promise((resolve) => {
    const stream = client.ClassifyBatch({ deadline: deadline() });
    const sendNext = () => {
      const name = names.shift();
      if (name === undefined) return stream.end();
      const image = fs.readFileSync(path.join(folder, name));
      return stream.write({ id: name, request: { image } });
    };
    stream.on('data', (answer) => {
      if (answer.result === 'error') printError(answer.id, answer.error);
      else printAnswer(answer.id, answer.response);
      sendNext();
    });
    stream.on('error', (error) => {
      printError(path.basename(folder), statusOf(error));
      resolve();
    });
    stream.on('end', resolve);
    for (let sent = 0; sent < inFlight; sent += 1) sendNext();
  });
}

const client = await connect();
for (const file of process.argv.slice(2)) {
  if (fs.statSync(file).isDirectory()) await classifyFolder(client, file);
  else await classifyFile(client, file);
}
client.close();
