//! The proxy in front of the real API server.

use campaign::{ApiProxy, Disturbance, RequestLabel, Rule};
use cluster::Cluster;
use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, Client, Config, Error,
    api::{ListParams, PostParams, WatchParams},
    config::{KubeConfigOptions, Kubeconfig},
    core::WatchEvent,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::timeout;

/// A proxy, a client of it, and a client of the API server itself, in a namespace of their own.
struct Setup {
    proxy: ApiProxy,
    namespace: String,
    proxied: Api<ConfigMap>,
    direct: Api<ConfigMap>,
}

/// Long enough for any response. Nothing depends on how long it is.
const DEADLINE: Duration = Duration::from_secs(30);

async fn setup() -> Setup {
    let cluster: &Cluster = cluster::shared().expect("the control plane starts");
    let namespace = cluster.create_namespace("proxy").expect("a namespace");
    let admin = Kubeconfig::read_from(cluster.kubeconfig()).expect("a kubeconfig");
    let proxy = ApiProxy::start(admin.clone())
        .await
        .expect("the proxy starts");
    let text = proxy.kubeconfig(&namespace);
    let own = Kubeconfig::from_yaml(&text).expect("the proxy's kubeconfig is valid");
    Setup {
        proxied: Api::namespaced(client(own).await, &namespace),
        direct: Api::namespaced(client(admin).await, &namespace),
        proxy,
        namespace,
    }
}

async fn client(kubeconfig: Kubeconfig) -> Client {
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
    let mut config = config.expect("a configuration");
    config.default_retry = false;
    Client::try_from(config).expect("a client")
}

fn config_map(name: &str) -> ConfigMap {
    let mut object = ConfigMap::default();
    object.metadata.name = Some(name.into());
    object
}

impl Setup {
    async fn create(&self, name: &str) -> kube::Result<ConfigMap> {
        self.proxied
            .create(&PostParams::default(), &config_map(name))
            .await
    }

    /// The names that the API server has, without the one that it creates in each namespace.
    async fn names(&self) -> Vec<String> {
        let list = self
            .direct
            .list(&ListParams::default())
            .await
            .expect("a list");
        let names = list.items.into_iter().filter_map(|it| it.metadata.name);
        names.filter(|name| name != "kube-root-ca.crt").collect()
    }
}

#[tokio::test]
async fn requests_are_counted_and_pass() {
    let setup = setup().await;
    setup.create("one").await.expect("a ConfigMap");
    setup.create("two").await.expect("a ConfigMap");
    setup.proxied.get("two").await.expect("a ConfigMap");
    let labels: Vec<String> = setup
        .proxy
        .requests()
        .iter()
        .map(ToString::to_string)
        .collect();
    let namespace = &setup.namespace;
    let expected = [
        format!("create configmaps {namespace} #0"),
        format!("create configmaps {namespace} #1"),
        format!("get configmaps {namespace}/two #0"),
    ];
    assert_eq!(labels, expected);
}

#[tokio::test]
async fn a_connection_is_cut_before_and_after_the_request_is_executed() {
    let setup = setup().await;
    let calls = Arc::new(AtomicUsize::new(0));
    for disturbance in [Disturbance::CutBefore, Disturbance::CutAfter] {
        let calls = calls.clone();
        let rule = Rule::new(disturbance, |label| label.verb == "create");
        setup.proxy.add(rule.then(move || {
            calls.fetch_add(1, Ordering::Relaxed);
        }));
    }
    setup
        .create("before")
        .await
        .expect_err("the connection is cut");
    setup
        .create("after")
        .await
        .expect_err("the connection is cut");
    setup.create("later").await.expect("both rules are used up");
    assert_eq!(setup.names().await, ["after", "later"]);
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    assert_eq!(setup.proxy.pending_rules(), 0);
}

#[tokio::test]
async fn the_proxy_refuses_requests() {
    let setup = setup().await;
    let refusal = Disturbance::Respond {
        code: 429,
        retry_after: Some(1),
    };
    setup
        .proxy
        .add(Rule::new(refusal, RequestLabel::is_write).times(2));
    for _ in 0..2 {
        let error = setup.create("one").await.expect_err("the proxy refuses");
        assert!(
            matches!(error, Error::Api(status) if status.code == 429 && status.reason == "TooManyRequests")
        );
    }
    setup.create("one").await.expect("the rule is used up");
}

#[tokio::test]
async fn a_response_is_held_until_it_is_released() {
    let setup = setup().await;
    setup
        .proxy
        .add(Rule::new(Disturbance::Hold, |label| label.verb == "create"));
    let create = setup.create("one");
    tokio::pin!(create);
    loop {
        tokio::select! {
            biased;
            _ = &mut create => panic!("the response is not held"),
            names = setup.names() => if names == ["one"] { break },
        }
    }
    setup.proxy.release();
    timeout(DEADLINE, create)
        .await
        .expect("the response comes")
        .expect("it is the created object");
}

#[tokio::test]
async fn a_silent_watch_stays_open_and_a_later_one_reports_what_was_missed() {
    let setup = setup().await;
    let mut watch = setup
        .proxied
        .watch(&WatchParams::default(), "0")
        .await
        .expect("a watch")
        .boxed();
    setup.create("before").await.expect("a ConfigMap");
    while !reports(watch.try_next().await.expect("an event"), "before") {}
    setup.proxy.silence_watches(Some("configmaps"));
    setup.create("during").await.expect("a ConfigMap");
    // If the watch were not silent, its event would come before the later watch's. An event of the ConfigMap that the API server
    // creates in each namespace may have come before the silence.
    setup.proxy.clear();
    let mut later = setup
        .proxied
        .watch(&WatchParams::default(), "0")
        .await
        .expect("a watch")
        .boxed();
    loop {
        tokio::select! {
            biased;
            event = watch.try_next() => assert!(!reports(event.expect("an event"), "during"), "the watch is silent"),
            event = later.try_next() => if reports(event.expect("an event"), "during") { break },
        }
    }
}

fn reports(event: Option<WatchEvent<ConfigMap>>, name: &str) -> bool {
    let event = event.expect("the watch is open");
    matches!(event, WatchEvent::Added(object) if object.metadata.name.as_deref() == Some(name))
}
