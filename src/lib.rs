//! Manages Amazon CloudFront through Kubernetes custom resources.
//!
//! The operator watches custom resources such as `Distribution` and reconciles CloudFront to match them. One generic engine
//! reconciles every kind; a kind contributes data types and a few pure functions.
//!
//! # One reconciliation
//!
//! ```text
//! watch, list poller, requeue ─► run queue ─► object
//!
//! object ─► preflight ─► resolve ─► observe ─► plan ─► apply ─► report ─► status, event, metrics, requeue
//!                                      ▲         │
//!                                      └─────────┘ once more, if the plan must not rely on a cached observation
//! ```
//!
//! | step | input → output | reads and writes |
//! | --- | --- | --- |
//! | preflight | object → continue, or an outcome (suspended, retained, finished) | nothing |
//! | resolve | references, Secrets and ConfigMaps → inputs, or an outcome (waiting; in sync if nothing changed since the last time) | other objects, Secrets |
//! | observe | recorded id → observation: the remote resource, cached or fresh | CloudFront: get, list; STS: the account |
//! | plan | desired state and observation → plan | nothing: a pure function |
//! | apply | plan → what was applied | CloudFront: at most one write, and reads of tags or after a rejected create |
//! | report | outcome → status | Kubernetes: status, event |
//!
//! Between the steps the driver writes metadata of the object. It adds the finalizer before a create, stores the recreate count before a
//! recreation and the name record before a create or a rename that needs one, and removes the finalizer at the end. A plan that writes
//! waits for its turn in the write queue. Right before a create, the driver reads the references of a one-shot resource from the API
//! server. The keys of the tags in a create are stored with the finalizer.
//!
//! Then the object is reconciled again. Each decision follows from the complete present state, not from the event that triggered
//! the reconciliation. The driver is `src/engine/reconcile/pipeline.rs`; each step is a file beside it.
//!
//! # Layers
//!
//! Imports go downwards only, and there is no import cycle among files (`tests/repo/tidy/`).
//!
//! | layer | content | may use |
//! | --- | --- | --- |
//! | `main.rs`, [`operator`] | command line, HTTP endpoints, metrics, traces, leader election, `doctor`, the list of kinds | all below |
//! | [`invalidation_policy`] | kind `InvalidationPolicy`, which has no resource in CloudFront, and its controller | `kinds`, `engine` |
//! | [`kinds`] | one module for each custom resource: spec, status, validation rules, what is particular about its API | `engine`, `cloudfront`, `xml` |
//! | [`engine`] | the reconciliation of every kind, caches, list polling, conditions, ownership | `cloudfront`, `xml`, kube |
//! | [`cloudfront`] | requests as values; the client that signs, limits, sends and classifies them | `xml`, reqwest, AWS crates |
//! | [`xml`] | the mapping between serde types and CloudFront's XML; overlay and drift of documents | quick-xml |
//!
//! Companions are crates of their own in `crates/`: the CloudFront simulator, the playground, the test cluster, the benchmarks, and the campaigns,
//! which stop the operator at each of its requests.
//! Simulator and operator share no code.
//!
//! # Invariants
//!
//! | invariant | held by |
//! | --- | --- |
//! | No orphan: each resource belongs to one live object, or its object was deleted with `Retain`. | `tests/e2e/scenarios/{crash,lost_create,faults}.rs`, and the end of each scenario (`tests/e2e/support/test_env.rs`) |
//! | No duplicate: a lost response to a create never leads to a second resource. | `tests/e2e/scenarios/{lost_create,crash}.rs`, and the end of each scenario (`tests/e2e/support/test_env.rs`) |
//! | Right target: an update or deletion names only a resource whose owner was verified. | `tests/e2e/scenarios/{policies,out_of_band_changes}.rs`, and the end of each scenario (`tests/e2e/support/test_env.rs`) |
//! | The finalizer of a managed kind is on the object before its create is sent. It is removed only after the resource is gone, or with `Retain`. | `src/engine/reconcile/tests/preflight.rs`, `tests/e2e/scenarios/{not_found,out_of_band_changes}.rs` |
//! | `Ready=True` means that CloudFront had, and had deployed, what the observed generation asks for. | `tests/e2e/scenarios/contract/` |
//! | In sync means no writes to CloudFront or Kubernetes, and no request for a single object except reads of tags. | `tests/e2e/scenarios/{idle,list_poller}.rs` |
//! | Fields that the spec does not manage keep their values. | `tests/unit/xml/{overlay,lists,properties}.rs`, `tests/e2e/scenarios/unknown_elements.rs`, `tests/unit/fields/` |
//! | Secret values reach no log, event, status or `Debug`. | `tests/e2e/scenarios/secret_leaks.rs`, `tests/unit/cloudfront/secrets.rs`, and the end of each scenario (`tests/e2e/support/test_env.rs`) |
//! | A write is sent only while this process is the leader and the rate limit allows it. | `tests/unit/cloudfront/{retries,rate_limiter,fair_queue}.rs`, `tests/e2e/scenarios/{leader_election,write_queue}.rs` |
//! | The types have every member of the AWS service model, under its name, apart from listed exceptions. | `tests/unit/model/` |
//! | RBAC and IAM allow exactly what the program calls. | `tests/repo/chart/tests/it/rbac.rs`, `tests/unit/iam.rs`, and the end of each scenario (`tests/e2e/support/test_env.rs`) |
//!
//! # Where to change what
//!
//! | to change | look in |
//! | --- | --- |
//! | the wait before a failed request is sent again | `delays` in `src/cloudfront/http/retry.rs` |
//! | the wait before an object is reconciled again | `backoff` and `delay` in `src/engine/reconcile/requeue.rs` |
//! | the request rate after throttling | `decrease` in `src/cloudfront/rate/rate_limiter.rs`; a retry waits for this rate too, often longer than for `delays` |
//! | how an error of CloudFront is treated | `src/cloudfront/error/{error_codes,classify}.rs` (its class), `cloudfront_outcome` in `src/engine/reconcile/error.rs` |
//! | the message of a request that CloudFront rejected | `Refused` in `src/cloudfront/error/cloudfront_error.rs`; `src/engine/reconcile/explanation.rs` if another object is the cause |
//! | the message when the operator itself stops | the error enums in `src/engine/reconcile/{resolve,observe_error,applied}.rs`; `preflight.rs`, `convergence.rs` and `unreadable.rs` there |
//! | the conditions of an outcome, the messages of normal states | `src/engine/api/condition.rs`, `DEPLOYING` in `src/engine/reconcile/applied.rs` |
//! | the message of `kubectl apply` for an invalid manifest | the kind in `src/kinds/`, `src/kinds/shared/rules.rs`, `src/kinds/validation.rs` |
//! | what a "not found" of a read means | `confirm_not_found` in `src/engine/reconcile/observe.rs`; how many reads: `src/engine/object_state/creation.rs` |
//! | what a "not found" of an update or deletion means | `cloudfront_outcome` in `src/engine/reconcile/error.rs`: the resource is read again |
//! | what follows a successful deletion | `delete` in `src/engine/reconcile/write.rs`: the finalizer is removed without another read. If that patch fails, or the response is lost, `confirm_not_found` decides |
//! | how a lost create response is recovered | `src/engine/reconcile/recover.rs` |
//! | whether a resource with the name of an object belongs to it | the table in `src/engine/remote/unique_name.rs`, `src/engine/reconcile/{find_by_name,name_record}.rs` |
//! | how often CloudFront is listed | `src/engine/poll/` |
//! | the memory of large objects | `src/engine/controller/list_pages.rs` (pages), `src/engine/cache/compressed.rs` (what is kept), `src/engine/reconcile/load.rs` (how many at the same time) |
//! | a metric | its group in `src/operator/telemetry/metrics/`; a new group also in `mod.rs` there, new inputs in `ReconcileSummary` or `RequestMetrics`. `UPDATE=1 cargo test --test golden` writes `docs/metrics.md` |
//! | a flag | `src/operator/cli/options.rs` |
//!
//! # Glossary
//!
//! | term | meaning |
//! | --- | --- |
//! | object | a custom resource in Kubernetes |
//! | remote | the resource in CloudFront that an object describes |
//! | observation | what a reconciliation knows about the remote, from a fresh read or from the cache |
//! | overlay | the observed XML document with the fields of the spec written over it; equal documents mean in sync |
//! | drift | a difference between spec and remote that an external change caused |
//! | caller reference | CloudFront's idempotency key of a create: the object's UID and its recreate count; proves ownership |
//! | name record | the names that the resource of an object may have, and its id, for kinds without caller references: annotation `cloudfront-operator.dev/created-as` |
//! | recreate count | how often the remote of an object was created again: annotation `cloudfront-operator.dev/recreate-count` |
//! | adopt | take over an existing remote that `spec.adoptId` names |
//! | managed kind, one-shot kind | a kind whose remote is kept in sync; a kind whose remote completes once, such as an invalidation |
//! | tenant | a namespace, for the fairness of the write queue |
//! | write reservation | an object's position in the write queue of the rate limiter |
//! | list poller | lists a kind in CloudFront, compares revisions and enqueues the objects whose remote changed |
//! | revision | what a list shows of a remote: ETag or last-modified time, and whether it is deployed |
//! | consistency window | how long reads of CloudFront may be stale after a write |
pub mod cloudfront;
pub mod engine;
pub mod invalidation_policy;
pub mod kinds;
pub mod operator;
pub mod xml;
