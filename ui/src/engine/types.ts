// Generated from the Rust documents: cargo run -p xtask -- types --write

/** What becomes of an exchange that waits. */
export type Action = 'go-on' | 'close' | 'edit' | 'answer';

/** What to do. */
export type ActionDocument = { 'set-request-header': HeaderDocument } | { 'add-request-header': HeaderDocument } | { 'remove-request-header': string } | { 'replace-in-request-header': ReplaceDocument } | { 'replace-in-request-body': ReplaceDocument } | { 'set-request-body': BodyActionDocument } | { 'forward': ForwardDocument } | { 'answer': AnswerActionDocument } | { 'answer-preflight': AnswerPreflightDocument } | { 'map-folder': MapFolderDocument } | { 'set-status': number } | { 'set-response-header': HeaderDocument } | { 'add-response-header': HeaderDocument } | { 'remove-response-header': string } | { 'replace-in-response-header': ReplaceDocument } | { 'replace-in-response-body': ReplaceDocument } | { 'set-response-body': BodyActionDocument } | { 'delay': DelayDocument } | { 'close': Direction };

/** An IP address space, from the least public to the most. */
export type AddressSpace = 'loopback' | 'local' | 'public';

/** An answer without the server. */
export type AnswerActionDocument = {
  status: number; // Its status.
  headers?: HeaderDocument[]; // Its header lines.
  body?: BodyActionDocument; // Its body.
  readable?: boolean; // Whether the page that asks may read it: its origin is allowed, with credentials.
};

/** A server's answer to a preflight, to a probe, or to an earlier load. */
export type AnswerDocument = {
  status?: number; // The status; may be left out when the connection is closed.
  headers?: [string, string][]; // The header list, raw.
  close?: boolean; // Whether the connection is closed without an answer.
  body?: string; // The body's text.
};

/** How preflights are answered without the server. */
export type AnswerPreflightDocument = {
  policy: PolicyDocument; // The policy.
  'allow-unsafe'?: boolean; // Whether a policy that lets somebody in who should stay out is taken all the same.
};

/** What came back. */
export type AnsweredDocument = {
  status: number; // The status.
  headers: [string, string][]; // The header list, raw.
};

/** Who makes the request. The names are those of the scenario document. */
export type Api = 'fetch' | 'xhr' | 'img' | 'script' | 'module' | 'style' | 'font' | 'media' | 'eventsource' | 'beacon' | 'websocket' | 'worker' | 'canvas' | 'iframe';

/** How far a remedy reaches. */
export type Applicability = 'narrow' | 'widens' | 'manual';

/** Attributes of the element that loads. */
export type AttributesDocument = {
  crossorigin?: string; // The `crossorigin` attribute.
  integrity?: string; // The `integrity` attribute.
};

/** The certificate authority. */
export type AuthorityDocument = {
  directory?: string; // Its directory; absent where no home directory is known.
  exists: boolean; // Whether it has been made; it is when it is first needed.
  spki_sha256?: string; // Base64 of the SHA-256 of its public key.
  expires?: number; // When it expires, in seconds since the Unix epoch.
  only: string[]; // The only hosts it may vouch for, where it is limited.
  problem?: string; // Why it cannot be used.
};

/** Why a header is needed. */
export type Because = {
  name: string; // The header.
  why: string; // Why, in plain words.
};

/** What stopped a fetch. */
export type BlockedByDocument = {
  leg: string; // In which leg.
  cause: string; // The engine's cause.
};

/** The body that a script gives. */
export type BodyDocument = {
  type: BodyType; // Its kind.
  data?: string; // Its text; only its length matters to a verdict.
  content_type?: string; // The type of a `Blob`.
};

/** A body. */
export type BodyActionDocument = {
  text?: string; // The body itself.
  file?: string; // A file that holds it, read each time; relative to the rules file.
  'content-type'?: string; // Its `Content-Type`, if that changes too.
};

/** What is known of a body. */
export type BodyNote = {
  len: number; // How long it was on the wire, in bytes.
  kept: number; // How many bytes of it are kept.
  content_type?: string; // Its `Content-Type`.
};

/** What kind of [BodyInit](https://fetch.spec.whatwg.org/#bodyinit-unions) a body is. */
export type BodyType = 'string' | 'blob' | 'arraybuffer' | 'formdata' | 'urlsearchparams' | 'stream';

/** A breakpoint: which exchanges are held, and for how long at most. */
export type BreakpointDocument = {
  id?: string; // Its identity; one is given where it is empty.
  name?: string; // Its name for people.
  enabled?: boolean; // Whether it is in force.
  next?: number; // For how many exchanges; then it rests.
  match?: MatchDocument; // Which exchanges.
  on: Direction[]; // Where they are held.
  'hold-seconds': number; // How long at most.
  then: Overdue; // What becomes of them then.
};

/** Which user agent's profile to follow. */
export type Browser = 'fetch' | 'chromium' | 'firefox' | 'webkit';

/** What the browser itself said. */
export type BrowserDocument = {
  cors_error: string | null; // Its name for the CORS error.
  net_error: string | null; // Its name for the failure.
  console: string[]; // What it wrote to the console.
};

/** A browser that was found. */
export type BrowserFound = {
  name: string; // Its name: `chromium`, `firefox`.
  path: string; // Where it is.
};

/** A request's [cache mode](https://fetch.spec.whatwg.org/#concept-request-cache-mode). */
export type CacheMode = 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';

/** A text that may stand at a place of a filter. */
export type CandidateDocument = {
  text: string; // The text.
  about: string; // What it means, in a few words; empty for values.
};

/** What was captured. */
export type CaptureDocument = {
  id: string; // Its identity: `live`, `har-1`.
  kind: string; // `live` or `har`.
  name: string; // What people know it by.
  rows: number; // How many rows it has.
  revision: number; // Grows with every change.
  evicted: number; // How many exchanges had to go from memory.
  missed: number; // How many exchanges came too fast to be looked at.
  proxy?: string; // Where the proxy listens that it comes from.
  done: boolean; // Whether nothing more comes.
  read_bytes?: number; // Bytes of the HAR that were read.
  problem?: string; // Why the HAR could not be read to its end.
};

/** The state of a capture. */
export type CaptureEvent = {
  id: string; // The capture.
  revision: number; // Grows with every change.
  total: number; // How many rows it has.
  evicted: number; // How many exchanges had to go from memory.
  missed: number; // How many exchanges came too fast to be looked at.
};

/** How one origin fares at one server. */
export type Cell = {
  origin: number; // Index of the page's origin.
  target: number; // Index of the server's.
  allowed: number; // Fetches whose response could be read.
  blocked: number; // Fetches that the browser refused.
  other: number; // All others.
};

/** Where a message is seen. */
export type Channel = 'error' | 'warning' | 'info' | 'exception' | 'issue' | 'issue-title';

/** What the real server answered. */
export type Checked = {
  scenario: Scenario; // The scenario with the answers filled in.
  exchanges: ExchangeLine[]; // What went over the wire, in order.
  notes: string[]; // What the user should know.
};

/** What may stand at a place of a filter. */
export type Completions = {
  from: number; // The first byte that a candidate takes the place of.
  to: number; // The byte after the last.
  candidates: CandidateDocument[]; // What may stand there, the best first.
};

/** How sure a diagnosis is, in words. */
export type Confidence = 'certain' | 'likely' | 'possible';

/** A connection. */
export type ConnectionDocument = {
  remote?: string; // The server's address.
  tls?: string; // TLS' version and cipher suite.
  reused: boolean; // Whether an earlier exchange used it.
  unverified: string[]; // What of the server's certificate was not verified.
  upstream_proxy?: string; // The proxy that it went through.
};

/** A scenario that is to be a contract. */
export type ContractOrder = {
  scenario: Scenario;
  expect?: ExpectedOutcome; // What must hold; by default what the scenario comes to now.
  keeps_answers?: boolean; // Whether its answers stay, so that no server is asked.
  sends?: boolean; // Whether a request with an unsafe method is really sent at each run.
};

/** A cookie that a server set. */
export type CookieDocument = {
  set_by: string; // The URL or origin that set it.
  attributes: string; // The Set-Cookie value.
};

/** How many rows stand how. */
export type Counts = {
  allowed: number; // The response can be read.
  blocked: number; // The browser refuses.
  other: number; // It is not known, or the response is opaque.
  aside: number; // CORS has no say.
};

/** A credentials mode, or that it is not known. */
export type CredentialsDocument = 'omit' | 'same-origin' | 'include' | 'unknown';

/** A request's [credentials mode](https://fetch.spec.whatwg.org/#concept-request-credentials-mode). */
export type CredentialsMode = 'omit' | 'same-origin' | 'include';

/** What is decided about an exchange that waits. */
export type Decision = {
  action: Action;
  message: MessageDocument | null;
};

/** A pause. */
export type DelayDocument = {
  on: Direction; // Before which message goes on.
  ms: number; // Milliseconds.
};

/** Everything about one row. */
export type Detail = {
  row: RowDocument; // The row.
  fetch?: FetchDocument; // The fetch with its verdict; absent where CORS has no say.
  legs: LegDocument[]; // The legs, those behind the first fault included.
  scenario?: Scenario; // The scenario that would cause it.
  exchanges: ExchangeDocument[]; // What went over the wire.
};

/** One finding. */
export type DiagnosticDocument = {
  rule: string; // The rule's code.
  severity: Severity; // How bad.
  first: boolean; // Whether the browser stops here.
  leg: string; // In which leg.
  headline: string; // One phrase.
  evidence: EvidenceDocument[]; // Where it is seen.
  why: WhyDocument[]; // The step that says so.
  also_possible?: string[]; // The codes of other rules that fit, where this one is not certain.
  notes?: string[]; // Further sentences.
  remedies: Remedy[]; // Ways to mend it.
};

/** Which way a message goes. */
export type Direction = 'request' | 'response';

/** One message's explanation; what is not known is null. */
export type Explanation = {
  id?: unknown;
  browser: string;
  browsers?: string[]; // All that print it so, when it is not one.
  browser_code: string | null;
  leg: string;
  or_legs?: MessageLeg[];
  page_origin: string | null;
  url: string | null;
  initial_url: string | null;
  kind: string | null;
  method: string | null;
  header: string | null;
  status: number | null;
  credentials: boolean | null;
  values: Record<string, unknown>;
  causes: string[];
  rule: string | null; // The rule that the facts fit exactly.
  rules_out: string[];
  not_cors: string | null;
  effect: Effect | null;
  channel: Channel | null;
  legacy: boolean;
  partial: boolean;
  translated: boolean;
  times: number;
  next: string | null;
  also?: Explanation[]; // Further messages of the same text.
  error?: string;
};

/** When the network failed. */
export type During = 'preflight' | 'actual';

/** What became of the request. */
export type Effect = 'blocked' | 'passed' | 'pending' | 'symptom';

/** A document's [embedder policy](https://html.spec.whatwg.org/multipage/browsers.html#embedder-policy). */
export type EmbedderPolicy = 'unsafe-none' | 'require-corp' | 'credentialless';

/** Where a finding is seen. */
export type EvidenceDocument = {
  leg: string; // In which leg.
  leg_index: number; // Its index among the legs.
  message: Message; // In which message.
  header?: number; // The header line, counted from 0.
  span?: [number, number]; // Bytes of that line's value.
  absent?: string; // The name of a header that is not there.
  part?: string; // `status`, `method` or `url`, where it is none of the headers.
};

/** An exchange as it went over the wire. */
export type ExchangeDocument = {
  number: number; // Its number.
  preflight: boolean; // Whether it is a CORS-preflight request.
  started: number; // When it began, in microseconds since the Unix epoch.
  ended: boolean; // Whether nothing more comes.
  request: RequestSeen; // The request as the server got it.
  response?: ResponseSeen; // The response as the client got it.
  failure?: ExchangeFailure; // The failure below HTTP.
  timing: TimingDocument; // How long its parts took.
  connection: ConnectionDocument; // The connection.
  modified_by: string[]; // What changed it on the way.
  original_request?: RequestSeen; // The request as the client sent it, where that was changed.
  original_response?: ResponseSeen; // The response as the server sent it, where that was changed.
  messages: number; // How many messages it carried: of a WebSocket, or server-sent events.
};

/** A failure below HTTP. */
export type ExchangeFailure = {
  code: string; // Its stable name.
  message: string; // What happened.
  side: string; // Whose it is: `client`, `server` or `corscope`.
};

/** One exchange in a line. */
export type ExchangeLine = {
  purpose: string; // What it is for: `preflight`, `request`, or a probe's purpose.
  method: string; // Its method.
  url: string; // Its URL.
  status: number | null; // The status.
  error?: string; // The failure below HTTP.
  address: string | null; // Who answered.
  ms: number | null; // How long it took, in milliseconds.
};

/** How the fetch must end. */
export type ExpectedOutcome = 'allowed' | 'blocked' | 'opaque' | 'preflight-allowed';

/** One message. */
export type ExplainedMessage = {
  explanation: Explanation; // As `corscope explain --format json` says it.
  scenario?: Scenario; // A scenario with what the message tells; absent when it names no URL.
};

/** What a console text means. */
export type Explanations = {
  messages: ExplainedMessage[]; // One a message, the most telling first.
};

/** A failure below HTTP. */
export type FailureDocument = {
  code: string; // Its stable name.
  message: string; // What happened.
};

/** What is wrong. */
export type FaultDocument = {
  code: string; // A stable name of the kind of mistake.
  message: string; // What is wrong, in one line.
  at?: string; // Where: a field's path, such as `request.headers[2]`, or a place in a text.
  mend?: string; // What to do about it.
  excerpt?: string; // The source around the fault, with carets below it.
};

/** A refusal as the page gets it. */
export type FaultReply = {
  error: FaultDocument; // What is wrong.
};

/** An observed fetch with its verdict. */
export type FetchDocument = {
  fetch: number; // Its number.
  started: number; // When it began, in microseconds since the Unix epoch.
  page_origin: string; // The page's serialized origin.
  page_url?: string; // The page's URL, if known.
  method: string; // The request's method.
  url: string; // The URL that was asked for first.
  standing: string; // `allowed`, `blocked`, `opaque`, `depends-on-credentials` or `unknown`.
  credentials: string; // The credentials mode as told or inferred, or `unknown`.
  preflight: string; // What is known of the first hop's preflight.
  preflight_learnt_at?: number; // The exchange that taught the CORS-preflight cache.
  hidden_by_proxy?: string; // The refusal of Local Network Access that the proxy hides.
  exchanges: FetchLegDocument[]; // The exchanges, in the order of the legs.
  disagreement?: string; // Where the browser's own verdict is another one than ours.
  notes?: string[]; // What was assumed or inferred.
  verdict: VerdictDocument; // The verdict.
};

/** One exchange of a fetch. */
export type FetchLegDocument = {
  exchange: number; // Its number.
  preflight: boolean; // Whether it is a preflight.
  hop: number; // Its hop.
  method: string; // Its method.
  url: string; // Its URL.
  status: number | null; // The response's status.
  failure?: FailureDocument; // The failure below HTTP.
  ms: number | null; // How long it took, in milliseconds.
  modified_by?: string[]; // What changed it on the way.
  browser?: BrowserDocument; // The browser's own words.
};

/** Something wrong or unwise in a policy. */
export type FindingDocument = {
  level: string; // `error`, `unsafe` or `note`.
  code: string; // Its kind.
  at: string; // Where: `origins[1]`, `max-age`.
  problem: string; // What is wrong.
  mend: string; // How to mend it.
};

/** Where requests go instead. */
export type ForwardDocument = {
  to: string; // Scheme, host and port, and a path that is put in front: `http://localhost:3000/v2`.
  strip?: string; // What is first taken off the path's front.
  'keep-host'?: boolean; // Whether `Host` still names the old host.
};

/** The rows of one origin. */
export type GroupDocument = {
  origin?: string; // The page's origin; absent where CORS has no say.
  matched: number; // How many rows it has.
  counts: Counts; // Of these, how they stand.
  open: boolean; // Whether its rows stand below it.
};

/** Some lines of a grouped list. */
export type GroupedWindow = {
  revision: number; // The state of the capture that this shows.
  total: number; // How many rows there are.
  matched: number; // How many of them pass the filter.
  counts: Counts; // Of these, how they stand.
  places: number; // How many lines there are, those of groups and those of rows.
  from: number; // The place of the first line below.
  lines: LineDocument[]; // The lines.
};

/** A header line. */
export type HeaderDocument = {
  name: string; // Its name.
  value: string; // Its value.
};

/** A criterion on a header. */
export type HeaderMatchDocument = {
  name: string; // Its name.
  value?: string; // What one of its lines must hold; `*` stands for any characters, `?` for one. Absent: any value.
  absent?: boolean; // Whether it must be absent instead.
};

/** An exchange that waits. */
export type HeldExchange = {
  id: number; // The hold's number.
  exchange: number; // The exchange's number.
  breakpoint: string; // The breakpoint's name.
  direction: Direction; // Which message waits.
  method: string; // The request's method.
  url: string; // Its URL.
  origin?: string; // The page's origin, as the request names it.
  preflight: boolean; // Whether it is a CORS-preflight request.
  status?: number; // The response's status, where that is what waits.
  since: number; // Since when, in microseconds since the Unix epoch.
  until: number; // Until when at most.
};

/** What waits at the breakpoints. */
export type HeldList = {
  held: HeldExchange[]; // What waits, the longest wait first.
};

/** A message that waits, whole. */
export type HeldMessage = {
  request: MessageDocument; // The request.
  response?: MessageDocument; // The response, where that is what waits.
  judged_as?: JudgedAs; // What CORS makes of the response can be asked with this scenario, where CORS has a say.
} & HeldExchange;

/** The state of what waits at breakpoints. */
export type HoldsEvent = {
  count: number; // How many wait.
  revision: number; // Grows with every change.
};

/** A server's answer at one hop of the request. */
export type HopDocument = {
  status?: number; // The status; may be left out when the connection is closed.
  headers?: [string, string][]; // The header list, raw.
  close?: boolean; // Whether the connection is closed without an answer.
  body?: string; // The body's text.
  preflight?: AnswerDocument; // The answer to a preflight that is sent to this hop's URL.
};

/** Where a response that waits stands in a scenario. */
export type JudgedAs = {
  scenario: Scenario; // The fetch as far as it is known.
  browser: Browser; // Whose rules the browser follows.
  hop: number; // The number of redirects before it.
};

/** What a text can be. */
export type Kind = 'scenario' | 'curl' | 'fetch' | 'answer' | 'har' | 'console' | 'url';

/** One leg. Evidence points into its header lists. */
export type LegDocument = {
  name: string; // `preflight`, `redirect` or `actual`.
  hop: number; // How many redirects came before.
  preflight: boolean; // Whether it is a CORS-preflight request.
  state: State; // Whether the browser sends it, leaves it out since an earlier preflight holds, or never gets that far.
  stops: boolean; // Whether the browser stops here.
  method: string; // The method.
  url: string; // The URL.
  target: string; // What stands in the request line.
  host: string; // What stands in `Host`.
  headers: [string, string][]; // What CORS adds and what the script set, as it is sent.
  credentials: boolean; // Whether cookies go with it.
  response?: AnsweredDocument; // What came back, when it is known.
  failure?: string; // The failure below HTTP.
};

/** A line: a group's own, or a row of the group above. */
export type LineDocument = {
  group?: GroupDocument; // The group.
  row?: RowDocument; // The row.
};

/** A breakpoint as it stands. */
export type ListedBreakpoint = {
  document: BreakpointDocument; // How it is written.
  matches: number; // How many exchanges it held.
};

/** A rewrite as it stands. */
export type ListedRewrite = {
  document: RewriteDocument; // How it is written.
  matches: number; // How many exchanges it took.
  last_miss?: string; // Why it could not do its work the last time it could not.
};

/** Files that answer. */
export type MapFolderDocument = {
  folder: string; // The folder, which nothing is read outside of; relative to the rules file.
  strip?: string; // What is first taken off the path's front.
  readable?: boolean; // Whether the page that asks may read it: its origin is allowed, with credentials.
};

/** Criteria. All that are given must hold; of a list, one entry must. */
export type MatchDocument = {
  method?: string[]; // Methods.
  origin?: string[]; // Origins of pages, as in a policy: `https://app.example`, `https://*.app.example`, `*`.
  host?: string[]; // Hosts, as [`HostPattern`](crate::proxy::HostPattern) reads them.
  path?: string[]; // Paths without query; `*` stands for any characters, `?` for one.
  url?: string[]; // Whole URLs; their queries are not looked at.
  'url-regex'?: string; // A regular expression that must fit somewhere in the URL.
  preflight?: boolean; // Whether it is a CORS-preflight request.
  'request-header'?: HeaderMatchDocument[]; // Request headers; every entry must hold.
  status?: StatusDocument[]; // Statuses: `404`, `5xx`, `400-499`.
  'response-header'?: HeaderMatchDocument[]; // Response headers; every entry must hold.
  'cors-fails'?: boolean; // Whether the browser's CORS check fails, as far as this exchange alone shows.
};

/** How the origins of pages fare at the servers they ask. */
export type Matrix = {
  origins: string[]; // Pages' origins, the busiest first.
  targets: string[]; // Servers' origins, the busiest first.
  cells: Cell[]; // Pairs that were seen.
  others: number; // Fetches of pairs that are left out.
};

/** Which of an exchange's two messages. */
export type Message = 'request' | 'response';

/** A message's body: text, or bytes. */
export type MessageBody = {
  text?: string; // Its text, where it is UTF-8.
  base64?: string; // Its bytes, where it is not.
  len?: number; // How long it is on the wire, in bytes.
  whole?: boolean; // Whether all of it is here; what is cut short cannot be changed.
};

/** A request or response that can be edited. What is absent stays as it was. */
export type MessageDocument = {
  method?: string; // A request's method.
  url?: string; // A request's URL.
  status?: number; // A response's status.
  headers?: [string, string][]; // The header list.
  body?: MessageBody; // The body, as it goes over the wire.
};

/** Which leg of a fetch a message speaks about. */
export type MessageLeg = 'preflight' | 'actual' | 'redirect' | 'request' | 'unknown';

/** One message. */
export type MessageNote = {
  at: number; // When, in microseconds since the Unix epoch.
  from: string; // `client` or `server`.
  kind: string; // `text`, `binary`, `ping`, `pong`, `close` or `event`.
  text: string; // Its text; of bytes, what can be read as text.
  len: number; // How long it is, in bytes.
  whole: boolean; // Whether all of it is here.
};

/** What came over a WebSocket or an event stream. */
export type Messages = {
  dropped: number; // Older ones that are forgotten.
  messages: MessageNote[]; // The messages, the oldest first.
};

/** A request's [mode](https://fetch.spec.whatwg.org/#concept-request-mode), as a script may ask for it. */
export type Mode = 'cors' | 'no-cors' | 'same-origin' | 'navigate' | 'websocket';

/** The answer to one request. */
export type NeededAnswer = {
  preflight: boolean; // Whether the request is a preflight.
  hop: number; // How many redirects came before.
  method: string; // The request's method.
  url: string; // The request's URL.
  status: number; // The answer's status.
  headers: [string, string][]; // The answer's header lines, those of the scenario's own redirect included.
  because: Because[]; // Why each CORS header is needed.
};

/** What the server must answer. */
export type Needs = {
  policy: PolicyDocument; // The narrowest policy that allows this request.
  works: boolean; // Whether the answers make it pass in every browser; if not, no header of the server can.
  answers: NeededAnswer[]; // The answers, in the order of the requests.
};

/** A failure below HTTP. */
export type NetworkDocument = {
  error: string; // Its name, such as `net::ERR_CONNECTION_REFUSED`.
  during?: During; // When it happened.
};

/** A browser to open. */
export type OpenOrder = {
  url: string;
  browser: string | null;
  headless?: boolean;
};

/** What becomes of an exchange that was held for too long. */
export type Overdue = 'go-on' | 'close';

/** The page that makes the request. */
export type PageDocument = {
  origin?: string; // Its serialized origin, or `null`; by default its URL's.
  url?: string; // Its URL.
  address_space?: AddressSpace; // The address space it was loaded from.
  csp?: string; // Its Content-Security-Policy.
  sandboxed_iframe?: boolean; // Whether it is an iframe with `sandbox` and without `allow-same-origin`.
  content_script?: boolean; // Whether the script is an extension's content script.
  service_worker?: boolean; // Whether a service worker controls it.
  coep?: EmbedderPolicy; // Its Cross-Origin-Embedder-Policy.
  secure_context?: boolean; // Whether it is a secure context.
  lna_permission?: Permission; // The state of its Local Network Access permission.
};

/** What makes a fetch pass from now on. */
export type PassedDocument = {
  rewrites: PassedRewrite[]; // The rewrites.
  widens: boolean; // Whether more is let in than the page's own origin.
  in_browser_cache: boolean; // Whether the browser's own cache, which no proxy changes, may hold the failing answer.
};

/** A rewrite that makes a leg pass. */
export type PassedRewrite = {
  id: string; // Its identity.
  name: string; // What it does.
  was_there: boolean; // Whether it was in force before.
};

/** The state of the permission. */
export type Permission = 'granted' | 'denied' | 'prompt';

/** What a policy answers. */
export type PolicyAnswer = {
  headers?: [string, string][]; // The response's CORS headers; absent when the policy is refused.
  findings: FindingDocument[]; // What is wrong or unwise in the policy.
};

/** A policy as it is written, in TOML or JSON. Nothing is checked yet. */
export type PolicyDocument = {
  origins?: string[]; // Serialized origins, `https://*.example.com` for all subdomains, or `*` alone.
  methods?: string[]; // Methods; the safelisted ones (GET, HEAD, POST) need no listing. `*` for all.
  headers?: string[]; // Request-header names. `*` for all.
  expose?: string[]; // Response-header names that scripts may read. `*` for all.
  credentials?: boolean; // Whether requests with credentials are allowed.
  'max-age'?: number; // How long a preflight may be remembered, in seconds.
  'private-network'?: boolean; // Whether to answer the obsolete `Access-Control-Request-Private-Network`.
};

/** A request that a policy answers. */
export type PolicyQuestion = {
  policy: PolicyDocument;
  method: string; // The method on the wire.
  headers: [string, string][]; // The header list on the wire.
};

/** An earlier load of the same URL. */
export type PriorDocument = {
  api?: Api; // Who loaded it.
  url: string; // Its URL.
  request_headers?: [string, string][]; // What was sent.
  response?: AnswerDocument; // What came back.
};

/** A diagnostic request and its answer. */
export type ProbeDocument = {
  note?: string; // What it is for.
  method?: string; // Its method.
  url: string; // Its URL.
  request_headers?: [string, string][]; // What was sent.
  status?: number; // The answer's status; 0 when there was none.
  headers?: [string, string][]; // The answer's header list.
  body?: string; // The answer's body.
};

/** A browser's profile. */
export type Profile = {
  name: Browser; // Its name in documents.
  title: string; // Its name for readers.
  version: string; // Which version was measured.
  stands_for: string; // Which browsers behave so.
};

/** One browser's verdict. */
export type ProfileVerdict = {
  credentials?: CredentialsMode; // The credentials mode that was assumed.
  legs: LegDocument[]; // The legs, those behind the first fault included.
} & VerdictDocument;

/** This program. */
export type Program = {
  version: string; // Its version.
  browsers: Profile[]; // The profiles, in the order in which they are shown.
  start: Start; // The screen to begin with.
};

/** A recipe without its code. */
export type RecipeEntry = {
  stack: string; // Its name.
  aliases: string[]; // Other names people look for.
  title: string; // Its title.
  kind: string; // `server`, `framework`, `platform` or `dev-proxy`.
  is_run: boolean; // Whether our tests run it on the real stack.
  assurance: string; // What a reader should make of that.
  language: string; // The language of its code.
  file: string; // The file it belongs in.
  place: string; // Where in that file.
  pitfalls: string[]; // What goes wrong there.
};

/** What to render. */
export type RecipeOrder = {
  policy: PolicyDocument;
  allow_unsafe?: boolean; // Render it although the policy lets somebody in who should stay out.
};

/** A request's [redirect mode](https://fetch.spec.whatwg.org/#concept-request-redirect-mode). */
export type RedirectMode = 'follow' | 'error' | 'manual';

/** One way to mend it. */
export type Remedy = {
  who: Who; // Who has to do it.
  title: string; // An instruction.
  applicability: Applicability; // How far it reaches.
  proved: boolean; // Whether the engine was run again with it, and the outcome improved.
  policy?: PolicyDocument; // The policy that a server with this remedy follows.
};

/** A policy as configuration. */
export type RenderedRecipe = {
  recipe: RecipeEntry; // The recipe.
  code?: string; // The configuration to paste; absent when the policy is refused.
  limits: string[]; // What the stack cannot say, and what stands there instead.
  findings: FindingDocument[]; // What is wrong or unwise in the policy.
  verify?: string; // The command that verifies it.
};

/** A replacement. */
export type ReplaceDocument = {
  name?: string; // The header's name; empty for a body.
  pattern: string; // A regular expression.
  with: string; // What to write in place of every fit; `$1` is its first group.
};

/** What the script asks for. */
export type RequestDocument = {
  api?: Api; // Who asks.
  method?: string; // The method, as given; by default the API's.
  url: string; // The URL; relative ones need the page's.
  headers?: [string, string][]; // The headers that the script sets, in order.
  mode?: Mode; // The mode.
  credentials?: CredentialsDocument; // The credentials mode.
  redirect?: RedirectMode; // The redirect mode.
  cache?: CacheMode; // The cache mode.
  integrity?: string; // The integrity metadata.
  keepalive?: boolean; // Whether the request outlives the page.
  body?: BodyDocument; // The body.
  upload_listener?: boolean; // XHR: whether a listener is on `xhr.upload`.
};

/** A request. */
export type RequestSeen = {
  method: string; // Its method.
  url: string; // Its URL.
  version: string; // `HTTP/1.1`, `HTTP/2`.
  headers: [string, string][]; // The header list, one character a byte.
  raw?: string; // The head as it was read, where it is kept.
  body: BodyNote; // What is known of its body.
};

/** A response. */
export type ResponseSeen = {
  status: number; // The status.
  reason: string; // The words beside it.
  version: string; // `HTTP/1.1`, `HTTP/2`.
  headers: [string, string][]; // The header list, one character a byte.
  raw?: string; // The head as it was read, where it is kept.
  informational: [number, [string, string][]][]; // Statuses and header lists that came before (1xx).
  trailers: [string, string][]; // The header list after the body.
  body: BodyNote; // What is known of its body.
};

/** A response's [type](https://fetch.spec.whatwg.org/#concept-response-type), as the page sees it. */
export type ResponseType = 'basic' | 'cors' | 'opaque' | 'opaqueredirect';

/** A rewrite: which exchanges it takes, and what it does to them. */
export type RewriteDocument = {
  id?: string; // Its identity; one is given where it is empty.
  name?: string; // Its name for people, which is noted on every exchange it touched.
  enabled?: boolean; // Whether it is in force.
  next?: number; // For how many exchanges; then it rests.
  match?: MatchDocument; // Which exchanges.
  do: ActionDocument[]; // What to do, in order.
};

/** All rewrites and breakpoints. */
export type RewriteList = {
  enabled: boolean; // The switch above all others.
  show_every_preflight: boolean; // Whether browsers are kept from remembering preflights.
  rewrites: ListedRewrite[]; // The rewrites, in order.
  breakpoints: ListedBreakpoint[]; // The breakpoints, in order; they come after the rewrites.
};

/** The state of the rewrites and breakpoints. */
export type RewritesEvent = {
  revision: number; // Grows with every change.
  enabled: boolean; // The switch above all others.
  active: number; // How many rewrites and breakpoints are in force.
};

/** The deciding fault. */
export type RootCauseDocument = {
  rule: string; // The rule's code.
  confidence: Confidence; // How sure.
  who: Who; // Who must change something.
};

/** One fetch, with its preflight if it had one; or one exchange that CORS has no say in. */
export type RowDocument = {
  number: number; // Its number: that of the exchange it began with.
  method: string; // The request's method.
  url: string; // The URL that was asked for first.
  origin?: string; // The page's origin.
  status?: number; // The last response's status.
  standing: string; // `allowed`, `blocked`, `opaque`, `depends-on-credentials`, `unknown` or `not-cors`.
  rule?: string; // The code of the rule that names the cause.
  cause?: string; // The cause in a few words.
  preflight: string; // `none`, `ok`, `failed`, `cached` or `missing`.
  preflight_learnt_at?: number; // The earlier preflight whose answer the browser's cache held.
  never_sent: boolean; // Whether the request that a preflight asked for was not sent.
  legs: number; // How many exchanges it took.
  started: number; // When it began, in microseconds since the Unix epoch.
  ms?: number; // How long it took, in milliseconds.
  size: number; // How long the last response's body is, in bytes.
  content_type?: string; // The last response's `Content-Type`, without its parameters.
  failure?: string; // The failure below HTTP.
  modified: boolean; // Whether a rewrite or a breakpoint changed it.
  held: boolean; // Whether it waits at a breakpoint.
  pinned: boolean; // Whether it is kept whatever happens.
  hidden_by_proxy?: string; // What Local Network Access would refuse without the proxy.
  disagrees: boolean; // Whether the browser's own verdict is another one.
  ended: boolean; // Whether nothing more comes.
};

/** Some rows of a capture. */
export type RowWindow = {
  revision: number; // The state of the capture that this shows.
  total: number; // How many rows there are.
  matched: number; // How many of them pass the filter.
  counts: Counts; // Of these, how they stand.
  from: number; // The place of the first row below among those that pass.
  rows: RowDocument[]; // The rows, the oldest first.
};

/** A rule without its page. */
export type RuleEntry = {
  code: string; // Its code.
  group: string; // Where it belongs.
  severity: Severity; // How bad it is.
  summary: string; // One line about it.
};

/** A rule's page. */
export type RulePage = {
  rule: RuleEntry; // The rule.
  docs: string; // The page, in Markdown; its `scenario` blocks are scenarios.
};

/** A scenario. */
export type Scenario = {
  id?: string; // Any name; echoed.
  page: PageDocument; // The page.
  request: RequestDocument; // The request.
  preflight?: AnswerDocument; // The answer to the first hop's preflight; `None` when unknown.
  responses?: HopDocument[]; // The answers, one a hop; what is missing is unknown.
  initiator_attributes?: AttributesDocument; // The loading element's attributes.
  reads?: string[]; // Response headers that the script wants to read.
  network?: NetworkDocument; // A failure below HTTP.
  target_address_space?: AddressSpace; // The address space that the target resolves to.
  cookies?: CookieDocument[]; // Cookies.
  probes?: ProbeDocument[]; // Probes.
  prior?: PriorDocument[]; // Earlier loads.
};

/** A request that was sent. */
export type SentDocument = {
  method: string; // Its method.
  url: string; // Its URL.
  preflight: boolean; // Whether it is a preflight.
  headers: Record<string, string>; // Its headers: names in lower case, lines of one name joined.
};

/** Where things are. */
export type SettingsDocument = {
  authority: AuthorityDocument; // The certificate authority.
  browsers: BrowserFound[]; // The browsers that were found, the one taken by default first.
  proxy?: string; // Where the proxy listens.
  suggested?: string; // A page that is worth opening: the demo's.
  page: string; // Where this page is served.
};

/** How bad a finding is. */
export type Severity = 'refusal' | 'risk' | 'waste' | 'note';

/** A body. */
export type ShownBody = {
  text?: string; // Its text, decoded, where it is UTF-8.
  base64?: string; // Its bytes, decoded, where it is not.
  len: number; // How long it was on the wire, in bytes.
  cut: boolean; // Whether more was sent than is shown.
  decoded_from?: string; // The `Content-Encoding` that was undone.
  problem?: string; // Why it is not all, or not decoded.
};

/** What every browser makes of a scenario. */
export type Simulation = {
  verdicts: ProfileVerdict[]; // One a browser; two, when the credentials mode is not known.
  needs?: Needs; // What the server must answer; absent where no policy can be written.
};

/** A screen to begin with. */
export type Start = 'wizard' | 'traffic';

/** What becomes of a leg. */
export type State = 'sent' | 'cached' | 'behind';

/** A status, or statuses. */
export type StatusDocument = number | string;

/** How long the parts of an exchange took, in milliseconds. */
export type TimingDocument = {
  blocked?: number;
  dns?: number;
  connect?: number;
  tls?: number;
  send?: number;
  wait?: number;
  receive?: number;
  total?: number;
};

/** A step of a trace. */
export type TraceDocument = {
  step: string; // Its name.
  anchor: string; // Its section.
  leg: number | null; // The leg's index.
  result: string; // `passed`, `failed` or `skipped`.
  detail?: string; // The cause, or why it was skipped.
};

/** What a pasted text is. */
export type Understood = {
  kind: Kind; // What it was taken for.
  scenario?: Scenario; // The scenario that it describes.
  answers?: HopDocument[]; // The answers that it holds.
  explanations?: Explanations; // What its messages mean.
  notes: string[]; // What was read otherwise than written.
};

/** A verdict as a document. */
export type VerdictDocument = {
  id?: string; // The scenario's name.
  browser: string; // Whose rules.
  outcome: string; // How it ends.
  status: number | null; // The status that the script sees.
  response_type: ResponseType | null; // The response's type, as the script sees it.
  visible_headers: string[]; // What the script can read.
  sent: SentDocument[]; // What is sent.
  console: string[]; // What the browser prints.
  browser_code: string | null; // The browser's own name for it.
  blocked_by: BlockedByDocument | null; // What stopped it.
  root_cause: RootCauseDocument | null; // The deciding fault.
  also: string[]; // The codes of what else was found.
  diagnostics: DiagnosticDocument[]; // Everything that was found.
  next?: string; // What must be known next, when the verdict is incomplete.
  trace?: TraceDocument[]; // The steps, when a trace was asked for.
};

/** Who has to change something. */
export type Who = 'client' | 'server' | 'proxy' | 'nobody';

/** A step of the standard. */
export type WhyDocument = {
  step: string; // Its name.
  anchor: string; // Its section.
  says: string; // What it says.
};

/** A contract. */
export type WrittenContract = {
  toml: string; // The file's text.
  expect: ExpectedOutcome; // What is expected, as it was asked for.
  usual: ExpectedOutcome; // What the scenario comes to now.
  variables: string[]; // The environment variables that hold its secrets.
};
