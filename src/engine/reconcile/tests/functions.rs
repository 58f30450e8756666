//! Functions, whose code is published by a request of its own after their tests.

use crate::{
    engine::{
        in_process::{Cluster, api_server, simulator},
        kind::Kind,
    },
    kinds::function::Function,
};
use cloudfront_simulator::{Edit, Fault, FaultMode, FunctionTest, Simulator};
use serde_json::{Value, json};

const CREATE: &str = "CreateFunction";
const UPDATE: &str = "UpdateFunction";
const TEST: &str = "TestFunction";
const PUBLISH: &str = "PublishFunction";

struct Functions {
    cluster: Cluster,
    simulator: Simulator,
}

impl Functions {
    async fn start() -> Self {
        let (simulator, options) = simulator().await;
        let server = api_server();
        let cluster = Cluster::registered(Function::DEFINITION, &server, &options).await;
        Self { cluster, simulator }
    }

    async fn create(&mut self, spec: &Value) {
        self.cluster.create("rewrite", spec).await;
        self.reconcile().await;
    }

    async fn edit(&mut self, spec: Value) {
        let patch = json!({ "spec": spec });
        self.cluster.patch("rewrite", &patch).await;
        self.reconcile().await;
    }

    async fn reconcile(&mut self) {
        for _ in 0..4 {
            self.cluster.reconcile("rewrite").await;
        }
    }

    async fn status(&self) -> Value {
        self.cluster.status("rewrite").await
    }

    async fn ready(&self) -> (String, String) {
        self.cluster.ready("rewrite").await
    }

    /// Returns the requests with a method other than GET since the last call.
    fn requests(&self) -> Vec<String> {
        let control = self.simulator.control();
        let journal = control.journal().into_iter();
        control.clear_journal();
        let requests = journal.filter(|it| it.method != "GET");
        let operations = requests.map(|it| it.operation);
        operations.filter(|it| it != "GetCallerIdentity").collect()
    }

    async fn name(&self) -> String {
        let status = self.status().await;
        status["name"].as_str().expect("a name").to_owned()
    }

    /// Sets the result of the test of the function.
    async fn set_output(&self, output: Value) {
        let name = self.name().await;
        let test = FunctionTest {
            function: name,
            output: Some(output),
            ..FunctionTest::default()
        };
        self.simulator.control().set_function_test(test);
    }
}

fn with_test(code: &str, uri: &str) -> Value {
    let test = json!({
        "name": "a folder gets its index",
        "event": { "context": { "eventType": "viewer-request" }, "request": { "uri": "/about" } },
        "expect": { "request": { "uri": uri } },
    });
    json!({ "functionCode": code, "tests": [test] })
}

#[tokio::test]
async fn each_change_of_the_code_is_published_once() {
    let mut functions = Functions::start().await;
    functions.create(&json!({ "functionCode": "one" })).await;
    assert_eq!(functions.ready().await.0, "InSync");
    assert_eq!(functions.requests(), [CREATE, PUBLISH]);
    let status = functions.status().await;
    assert_eq!(status["published"], true);
    assert_eq!(status["liveETag"], status["etag"]);
    let arn = status["arn"].as_str().expect("an ARN");
    assert!(arn.ends_with(&format!(":function/{}", functions.name().await)));

    functions.edit(json!({ "functionCode": "two" })).await;
    assert_eq!(functions.ready().await.0, "InSync");
    assert_eq!(functions.requests(), [UPDATE, PUBLISH]);
    functions.reconcile().await;
    assert_eq!(functions.requests(), [""; 0]);
}

#[tokio::test]
async fn the_published_version_stays_in_the_status_while_the_next_one_is_not_published() {
    let mut functions = Functions::start().await;
    functions.create(&json!({ "functionCode": "one" })).await;
    let before = functions.status().await["liveETag"].clone();
    functions
        .edit(json!({ "functionCode": "two", "publish": false }))
        .await;
    let status = functions.status().await;
    assert_eq!(functions.ready().await.0, "InSync");
    assert_eq!(status["liveETag"], before);
    assert_eq!(status["published"], false);
    assert_eq!(functions.requests(), [CREATE, PUBLISH, UPDATE]);

    functions.edit(json!({ "publish": true })).await;
    assert_eq!(functions.status().await["published"], true);
    assert_eq!(functions.requests(), [PUBLISH]);
}

#[tokio::test]
async fn a_publication_without_a_response_is_found_and_not_sent_again() {
    let mut functions = Functions::start().await;
    let control = functions.simulator.control();
    control.inject(Fault::on(PUBLISH, FaultMode::ResetAfterCommit));
    functions.create(&json!({ "functionCode": "one" })).await;
    let (reason, message) = functions.ready().await;
    assert_eq!(reason, "InSync", "{message}");
    assert_eq!(functions.requests(), [CREATE, PUBLISH]);
    assert_eq!(functions.status().await["published"], true);
}

#[tokio::test]
async fn a_create_without_a_response_is_found_by_its_name_and_published() {
    let mut functions = Functions::start().await;
    let control = functions.simulator.control();
    control.inject(Fault::on(CREATE, FaultMode::ResetAfterCommit));
    let spec = json!({ "name": "shop-rewrite", "functionCode": "one" });
    functions.create(&spec).await;
    let (reason, message) = functions.ready().await;
    assert_eq!(reason, "InSync", "{message}");
    assert_eq!(functions.requests(), [CREATE, PUBLISH]);
}

#[tokio::test]
async fn a_version_that_fails_a_test_is_not_published() {
    let mut functions = Functions::start().await;
    functions
        .create(&with_test("one", "/about/index.html"))
        .await;
    let (reason, message) = functions.ready().await;
    assert_eq!(reason, "TestsFailed");
    assert_eq!(
        message,
        "Test \"a folder gets its index\" failed: request.uri of the output differs from the expected value. This version of the code is \
         not published. Correct the code or the test."
    );
    // The test is not repeated for the same version.
    assert_eq!(functions.requests(), [CREATE, TEST]);
    assert_eq!(functions.status().await["liveETag"], Value::Null);

    functions
        .set_output(json!({ "request": { "uri": "/about/index.html", "method": "GET" } }))
        .await;
    functions.edit(json!({ "functionCode": "two" })).await;
    assert_eq!(functions.ready().await.0, "InSync");
    assert_eq!(functions.requests(), [UPDATE, TEST, PUBLISH]);
}

#[tokio::test]
async fn an_error_of_the_code_fails_its_test_without_its_message() {
    let mut functions = Functions::start().await;
    functions.create(&json!({ "functionCode": "one" })).await;
    let function = functions.name().await;
    functions
        .simulator
        .control()
        .set_function_test(FunctionTest {
            function: function.clone(),
            error: Some("confidential".into()),
            ..FunctionTest::default()
        });
    functions.edit(with_test("two", "/about")).await;
    let (reason, message) = functions.ready().await;
    assert_eq!(reason, "TestsFailed");
    assert!(message.contains("ended with an error"), "{message}");
    assert!(!message.contains("confidential"), "{message}");

    // CloudFront reports that it cannot run the code with status 500, which is not retried.
    functions
        .simulator
        .control()
        .set_function_test(FunctionTest {
            function,
            failure: Some("confidential".into()),
            ..FunctionTest::default()
        });
    functions.requests();
    functions.edit(json!({ "functionCode": "three" })).await;
    assert_eq!(functions.ready().await.0, "TestsFailed");
    assert_eq!(functions.requests(), [UPDATE, TEST]);
}

#[tokio::test]
async fn an_external_change_of_the_code_is_reverted_and_published() {
    let mut functions = Functions::start().await;
    functions.create(&json!({ "functionCode": "one" })).await;
    let name = functions.name().await;
    let control = functions.simulator.control();
    let code = Edit::Code {
        code: "theirs".into(),
    };
    control.edit(&name, code).expect("the function exists");
    control
        .edit(&name, Edit::Publish)
        .expect("the function exists");
    functions.requests();
    let requested = json!({ "metadata": { "annotations": { "cloudfront-operator.dev/reconcile-requested-at": "now" } } });
    functions.cluster.patch("rewrite", &requested).await;
    functions.reconcile().await;
    assert_eq!(functions.ready().await.0, "InSync");
    assert_eq!(functions.requests(), [UPDATE, PUBLISH]);
}
