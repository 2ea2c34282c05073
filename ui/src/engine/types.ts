// Generated from the Rust documents: cargo run -p xtask -- types --write

/** An IP address space, from the least public to the most. */
export type AddressSpace = 'loopback' | 'local' | 'public';

/** A server's answer to a preflight, to a probe, or to an earlier load. */
export type AnswerDocument = {
  status?: number; // The status; may be left out when the connection is closed.
  headers?: [string, string][]; // The header list, raw.
  close?: boolean; // Whether the connection is closed without an answer.
  body?: string; // The body's text.
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

/** What kind of [BodyInit](https://fetch.spec.whatwg.org/#bodyinit-unions) a body is. */
export type BodyType = 'string' | 'blob' | 'arraybuffer' | 'formdata' | 'urlsearchparams' | 'stream';

/** Which user agent's profile to follow. */
export type Browser = 'fetch' | 'chromium' | 'firefox' | 'webkit';

/** A request's [cache mode](https://fetch.spec.whatwg.org/#concept-request-cache-mode). */
export type CacheMode = 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';

/** Where a message is seen. */
export type Channel = 'error' | 'warning' | 'info' | 'exception' | 'issue' | 'issue-title';

/** What the real server answered. */
export type Checked = {
  scenario: Scenario; // The scenario with the answers filled in.
  exchanges: ExchangeLine[]; // What went over the wire, in order.
  notes: string[]; // What the user should know.
};

/** How sure a diagnosis is, in words. */
export type Confidence = 'certain' | 'likely' | 'possible';

/** A cookie that a server set. */
export type CookieDocument = {
  set_by: string; // The URL or origin that set it.
  attributes: string; // The Set-Cookie value.
};

/** A credentials mode, or that it is not known. */
export type CredentialsDocument = 'omit' | 'same-origin' | 'include' | 'unknown';

/** A request's [credentials mode](https://fetch.spec.whatwg.org/#concept-request-credentials-mode). */
export type CredentialsMode = 'omit' | 'same-origin' | 'include';

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

/** One message. */
export type ExplainedMessage = {
  explanation: Explanation; // As `corscope explain --format json` says it.
  scenario?: Scenario; // A scenario with what the message tells; absent when it names no URL.
};

/** What a console text means. */
export type Explanations = {
  messages: ExplainedMessage[]; // One a message, the most telling first.
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

/** Something wrong or unwise in a policy. */
export type FindingDocument = {
  level: string; // `error`, `unsafe` or `note`.
  code: string; // Its kind.
  at: string; // Where: `origins[1]`, `max-age`.
  problem: string; // What is wrong.
  mend: string; // How to mend it.
};

/** A server's answer at one hop of the request. */
export type HopDocument = {
  status?: number; // The status; may be left out when the connection is closed.
  headers?: [string, string][]; // The header list, raw.
  close?: boolean; // Whether the connection is closed without an answer.
  body?: string; // The body's text.
  preflight?: AnswerDocument; // The answer to a preflight that is sent to this hop's URL.
};

/** What a text can be. */
export type Kind = 'scenario' | 'curl' | 'fetch' | 'answer' | 'console' | 'url';

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

/** Which of an exchange's two messages. */
export type Message = 'request' | 'response';

/** Which leg of a fetch a message speaks about. */
export type MessageLeg = 'preflight' | 'actual' | 'redirect' | 'request' | 'unknown';

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

/** A response's [type](https://fetch.spec.whatwg.org/#concept-response-type), as the page sees it. */
export type ResponseType = 'basic' | 'cors' | 'opaque' | 'opaqueredirect';

/** The deciding fault. */
export type RootCauseDocument = {
  rule: string; // The rule's code.
  confidence: Confidence; // How sure.
  who: Who; // Who must change something.
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

/** How bad a finding is. */
export type Severity = 'refusal' | 'risk' | 'waste' | 'note';

/** What every browser makes of a scenario. */
export type Simulation = {
  verdicts: ProfileVerdict[]; // One a browser; two, when the credentials mode is not known.
  needs?: Needs; // What the server must answer; absent where no policy can be written.
};

/** What becomes of a leg. */
export type State = 'sent' | 'cached' | 'behind';

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
