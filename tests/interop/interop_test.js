// The suite as a foreign client sees it: @grpc/grpc-js, contracts from server reflection, nothing of this project
// compiled in. NODE_PATH names the packages of tools/npm, which ./dev installs.
const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const fs = require('node:fs');
const { after, before, test } = require('node:test');

let grpc;
try {
  grpc = require('@grpc/grpc-js');
} catch (error) {
  console.error('the npm packages are missing: run `npm ci` in tools/npm, as ./dev test does');
  throw error;
}
const { call, connect, detailsOf, identity } = require('./suite_client.js');
const { Services } = require('./services.js');
const { UnitCopy } = require('./unit_copy.js');

const REGISTRY = 'twotier.registry.v1.RegistryService';
const ROUTING = 'twotier.routing.v1.RoutingService';
const PERSONNEL = 'twotier.personnel.v1.PersonnelService';
const MARITAL_STATUS = '1.004873';  // Decided by the commune in three working days.

const services = new Services();
let registryTarget, routingTarget, personnelTarget, registry, routing, personnel;

before(async () => {
  registryTarget = await services.start('registry', REGISTRY);
  routingTarget = await services.start('routing', ROUTING, [`--registry_target=${registryTarget}`]);
  personnelTarget = await services.start('personnel', PERSONNEL, [`--registry_target=${registryTarget}`]);
  registry = await connect(registryTarget, REGISTRY);
  routing = await connect(routingTarget, ROUTING);
  personnel = await connect(personnelTarget, PERSONNEL);
});

after(async () => {
  registry?.close();
  routing?.close();
  personnel?.close();
  assert.deepEqual(await services.stop(), { personnel: 0, routing: 0, registry: 0 });
});

// The error that a call is refused with.
async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail('the call was answered');
}

// The national data set with other names, full and short, for phường Ba Đình in Hà Nội.
function dataFiles(names) {
  const folder = 'services/registry/data';
  return fs.readdirSync(folder).filter((name) => name.endsWith('.csv')).map((name) => ({
    file_name: name,
    content: Buffer.from(fs.readFileSync(`${folder}/${name}`, 'utf8').replace('Phường Ba Đình,Ba Đình,01', `${names},01`)),
  }));
}

// Unit and center for an address from before the merger.
async function hereToday(text) {
  const { resolutions } = await call(registry, 'ResolveUnits', { queries: [{ text }] });
  const unit = resolutions[0].results[0].unit;
  const { competence } = await call(routing, 'ResolveCompetence',
    { procedure_code: MARITAL_STATUS, unit: unit.name });
  return { unit, competence };
}

async function submitted() {
  const { unit, competence } = await hereToday('Phường Thạch Thang, Quận Hải Châu, Đà Nẵng');
  const request = {
    center: competence.reception_places[0].center,
    procedure_code: MARITAL_STATUS,
    unit: unit.name,
    applicant: { kind: 'APPLICANT_KIND_CITIZEN', full_name: 'Nguyễn Thị Mẫu' },
    channel: 'CHANNEL_ONLINE',
    components: [{ title: 'Tờ khai', kind: 'COMPONENT_KIND_ELECTRONIC' }],
    request_id: randomUUID(),
  };
  const { dossier } = await call(routing, 'SubmitDossier', request);
  return { request, dossier };
}

test('GetCoverage counts the provinces and communes of today', async () => {
  const { coverage } = await call(registry, 'GetCoverage', {});
  assert.equal(coverage.provinces, 34);
  assert.equal(coverage.communes, 3321);
  assert.equal(coverage.communes_covered, 3321);
});

test('ResolveUnits gives every successor of a divided unit, with diacritics intact', async () => {
  const { resolutions } = await call(registry, 'ResolveUnits', {
    queries: [{ text: 'Phường Điện Biên, Quận Ba Đình, Hà Nội' }],
  });
  assert.equal(resolutions[0].queried.full_name, 'Phường Điện Biên');
  assert.deepEqual(resolutions[0].results.map((result) => result.unit.code).sort(),
    ['00004', '00070', '00190', '00226']);
  assert.ok(resolutions[0].results.every((result) => result.relation === 'RELATION_PART'));
});

test('a refusal carries its reason and domain', async () => {
  const error = await refusal(call(registry, 'GetUnit', { code: '99999' }));
  assert.equal(error.code, grpc.status.NOT_FOUND);
  const info = (await detailsOf(registryTarget, error))['google.rpc.ErrorInfo'];
  assert.equal(info.reason, 'UNIT_NOT_FOUND');
  assert.equal(info.domain, 'twotier.gov.vn');
});

test('a malformed request is told every one of its faults', async () => {
  const error = await refusal(call(routing, 'SubmitDossier', { center: 'H48', request_id: 'x' }));
  assert.equal(error.code, grpc.status.INVALID_ARGUMENT);
  const details = await detailsOf(routingTarget, error);
  assert.equal(details['google.rpc.ErrorInfo'].reason, 'MALFORMED_REQUEST');
  const faults = details['google.rpc.BadRequest'].field_violations.map((violation) => violation.field);
  for (const field of ['center', 'procedure_code', 'unit', 'applicant', 'channel', 'request_id']) {
    assert.ok(faults.includes(field), `${field} is not among ${faults}`);
  }
});

test('a call without identity is refused', async () => {
  const error = await refusal(new Promise((resolve, reject) => {
    registry.GetCoverage({}, (failure, response) => (failure ? reject(failure) : resolve(response)));
  }));
  assert.equal(error.code, grpc.status.UNAUTHENTICATED);
});

test('WatchChanges sends the whole register, then says so', async () => {
  const stream = registry.WatchChanges({}, identity());
  const tiers = {};
  let token;
  for await (const message of stream) {
    if (message.item === 'snapshot_end') {
      token = message.snapshot_end.resume_token;
      break;  // Cancels the stream.
    }
    for (const resource of message.snapshot_part.resources) {
      if (resource.resource !== 'unit') continue;
      const now = resource.unit.versions.at(-1);
      if (!now.valid.end_date) tiers[now.tier] = (tiers[now.tier] ?? 0) + 1;
    }
  }
  assert.deepEqual(tiers, { TIER_PROVINCE: 34, TIER_COMMUNE: 3321 });
  assert.ok(token.length > 0);
});

test('a copy of the units begins with a snapshot, gets each change, and begins anew with a wrong token', async () => {
  let seen;
  const next = () => new Promise((resolve) => { seen = resolve; });
  const copy = new UnitCopy(registryTarget, () => seen());
  let change = next();
  const following = copy.follow();
  await change;
  assert.equal(copy.units.size, 14008);
  const { unit } = await call(registry, 'GetUnit', { code: '00004' });
  assert.equal(copy.units.get(unit.name).unit.versions.at(-1).full_name, 'Phường Ba Đình');

  change = next();
  await call(registry, 'ImportUnits', { files: dataFiles('Phường Mới,Mới'), request_id: randomUUID() });
  await change;
  assert.equal(copy.units.get(unit.name).unit.versions.at(-1).full_name, 'Phường Mới');
  assert.ok(copy.knownTime);

  copy.token = Buffer.from('of another database');
  change = next();
  copy.stream.cancel();
  await change;
  assert.equal(copy.units.size, 14008);
  copy.stop();
  await following;
  await call(registry, 'ImportUnits', { files: dataFiles('Phường Ba Đình,Ba Đình'), request_id: randomUUID() });
});

test('SearchUnits finds an old name and says what it is today', async () => {
  const { hits } = await call(registry, 'SearchUnits', { text: 'truc bach, ha noi' });
  assert.equal(hits.length, 1);
  assert.equal(hits[0].unit.full_name, 'Phường Trúc Bạch');
  assert.deepEqual(hits[0].outcomes.map((outcome) => outcome.code), ['00004']);
});

test('SearchProcedures finds words without diacritics', async () => {
  const { procedures } = await call(routing, 'SearchProcedures', { query: 'tinh trang hon nhan' });
  assert.ok(procedures.some((procedure) => procedure.code === MARITAL_STATUS));
});

test('ResolveCompetence names the commune and explains why', async () => {
  const { unit, competence } = await hereToday('Phường Thạch Thang, Quận Hải Châu, Đà Nẵng');
  assert.equal(unit.full_name, 'Phường Hải Châu');
  assert.equal(competence.competent_body.unit, unit.name);
  assert.equal(competence.competent_body.level, 'COMPETENCE_LEVEL_COMMUNE');
  assert.ok(competence.explanation.length > 0);
});

test('a repeated request id gives the first answer', async () => {
  const { request, dossier } = await submitted();
  assert.match(dossier.name, /^provinces\/48\/dossiers\/H48[^-]*-\d{6}-\d{4}$/);
  const again = await call(routing, 'SubmitDossier', request);
  assert.deepEqual(again.dossier, dossier);
});

test('a stale etag is refused', async () => {
  const { dossier } = await submitted();
  const step = { name: dossier.name, etag: dossier.etag };
  await call(routing, 'AcceptDossier', { ...step, request_id: randomUUID() });
  const error = await refusal(call(routing, 'AcceptDossier', { ...step, request_id: randomUUID() }));
  assert.equal(error.code, grpc.status.ABORTED);
  const info = (await detailsOf(routingTarget, error))['google.rpc.ErrorInfo'];
  assert.equal(info.reason, 'STALE_ETAG');
});

test('WatchDossier sends the timeline, then each step as it is taken', async () => {
  const { dossier } = await submitted();
  // Each step is taken when the watch has shown the one before.
  const steps = [
    ['AcceptDossier', {}],
    ['RequestSupplement', { reason: 'Thiếu bản sao' }],
    ['ProvideSupplement', {}],
    ['CompleteProcessing', { result_id: 'KQ-1' }],
    ['ReturnResult', {}],
  ];
  const states = [];
  let { etag } = dossier;
  let previous = Buffer.alloc(32);
  for await (const { entry } of routing.WatchDossier({ name: dossier.name }, identity())) {
    states.push(entry.state);
    assert.equal(Number(entry.version), states.length);
    assert.deepEqual(entry.previous_hash, previous);
    previous = entry.hash;
    if (steps.length === 0) break;
    const [method, fields] = steps.shift();
    const answer = await call(routing, method,
      { name: dossier.name, etag, request_id: randomUUID(), ...fields });
    ({ etag } = answer.dossier);
  }
  assert.deepEqual(states, [
    'DOSSIER_STATE_REGISTERED',
    'DOSSIER_STATE_RECEIVED',
    'DOSSIER_STATE_SUPPLEMENT_REQUESTED',
    'DOSSIER_STATE_IN_PROGRESS',
    'DOSSIER_STATE_PROCESSED',
    'DOSSIER_STATE_RETURNED',
  ]);
});

test('GrantPublishedQuotas grants nothing published that is over, and a refusal tells how much there is', async () => {
  const parent = 'provinces/79';
  const { figures } = await call(personnel, 'ListPublishedFigures', { parent });
  assert.ok(figures.some((figure) => figure.staff === 'PUBLISHED_STAFF_COMMUNE_STAFF'
    && figure.measure === 'PUBLISHED_MEASURE_QUOTA' && figure.value === '11185'));
  await call(personnel, 'GrantPublishedQuotas', { parent, request_id: randomUUID() });
  const { unit: province } = await call(registry, 'GetUnit', { code: '79' });
  const { quotas } = await call(personnel, 'ListQuotas', { parent, unit: province.name });
  const granted = Object.fromEntries(quotas.map((quota) => [quota.quota_kind, quota.granted]));
  // 168 communes, 2.5 each.
  assert.deepEqual(granted, { QUOTA_KIND_VICE_CHAIR: '420' });
  await call(personnel, 'GrantQuota', {
    parent,
    unit: province.name,
    quota_kind: 'QUOTA_KIND_CIVIL_SERVANT',
    year: new Date().getFullYear(),
    posts: 19183,
    act: { number: '15/NQ-HĐND' },
    request_id: randomUUID(),
  });

  const { units } = await call(registry, 'ListUnits', { tier: 'TIER_COMMUNE', province_code: '79', page_size: 1 });
  const error = await refusal(call(personnel, 'GrantQuota', {
    parent,
    unit: units[0].name,
    quota_kind: 'QUOTA_KIND_CIVIL_SERVANT',
    year: new Date().getFullYear(),
    posts: 19184,
    act: { number: '15/QĐ-UBND' },
    request_id: randomUUID(),
  }));
  assert.equal(error.code, grpc.status.FAILED_PRECONDITION);
  const info = (await detailsOf(personnelTarget, error))['google.rpc.ErrorInfo'];
  assert.equal(info.reason, 'QUOTA_EXCEEDED');
  assert.equal(info.metadata.available, '19183');
  assert.equal(info.metadata.asked, '19184');
});
