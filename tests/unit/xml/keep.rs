//! Desired state with observed values at ignored paths.

use super::properties::canonical;
use super::sample::{
    Aliases, AllowedMethods, CacheBehavior, CacheBehaviors, Config, CustomHeader, CustomHeaders,
    Logging, Methods, Origin, Origins, config, desired, lines, observed,
};
use cloudfront_operator::xml::{Drift, Element, from_element};
use proptest::prelude::*;

/// Overlays a configuration on an observed one except at these paths. Returns the paths of the drift, and the result.
fn overlay(new: &Config, old: &Config, paths: &[&str]) -> (Vec<String>, Config) {
    let paths: Vec<String> = paths.iter().map(|&path| path.into()).collect();
    let (mut wanted, mut result) = (desired(new), observed(old));
    wanted.keep_observed(&result, &paths);
    let drift = result.overlay(&wanted);
    assert_eq!(lines(&result.overlay(&wanted)), [""; 0], "the same again");
    let paths = drift.into_iter().map(|drift| drift.path).collect();
    (paths, from_element(&result).unwrap())
}

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|&name| name.into()).collect()
}

fn aliases(all: &[&str]) -> Config {
    Config {
        aliases: Some(Aliases(names(all))),
        ..Config::default()
    }
}

fn behaviors(all: &[(&str, &str)]) -> Config {
    let behavior = |(path, target): &(&str, &str)| CacheBehavior {
        path_pattern: (*path).into(),
        target_origin_id: (*target).into(),
        default_ttl: None,
    };
    Config {
        cache_behaviors: CacheBehaviors(all.iter().map(behavior).collect()),
        ..Config::default()
    }
}

fn origin(id: &str, domain_name: &str, header: &str) -> Origin {
    let header = CustomHeader {
        header_name: "key".into(),
        header_value: header.into(),
    };
    Origin {
        id: id.into(),
        domain_name: domain_name.into(),
        custom_headers: Some(CustomHeaders(vec![header])),
        ..Origin::default()
    }
}

fn origins(all: &[Origin]) -> Config {
    Config {
        origins: Origins(all.to_vec()),
        ..Config::default()
    }
}

#[test]
fn an_ignored_text_keeps_its_value_its_presence_and_its_absence() {
    let comment = |text: Option<&str>| Config {
        comment: text.map(str::to_owned),
        enabled: text.is_some(),
        ..Config::default()
    };
    for (new, old) in [
        (Some("new"), Some("old")),
        (Some("new"), None),
        (None, Some("old")),
    ] {
        let (drift, result) = overlay(&comment(new), &comment(old), &["comment"]);
        assert_eq!(result.comment.as_deref(), old);
        assert!(!drift.contains(&"comment".into()), "{drift:?}");
        assert_eq!(result.enabled, new.is_some(), "everything else is written");
    }
}

#[test]
fn an_ignored_structure_is_kept_as_a_whole_and_an_ignored_member_alone() {
    let logging = |bucket: &str, include_cookies| Config {
        logging: Some(Logging {
            enabled: true,
            include_cookies,
            bucket: bucket.into(),
        }),
        ..Config::default()
    };
    let (new, old) = (logging("new", true), logging("old", false));
    for (paths, drift, result) in [
        (&["logging"][..], &[][..], &old),
        (
            &["logging.bucket"],
            &["logging.includeCookies"],
            &logging("old", true),
        ),
        (&["logging.bucket", "logging.includeCookies"], &[], &old),
        (
            &["log", "logging.b"],
            &["logging.includeCookies", "logging.bucket"],
            &new,
        ),
    ] {
        let found = overlay(&new, &old, paths);
        assert_eq!((found.0, &found.1), (names(drift), result), "{paths:?}");
    }
    let nothing = Config::default();
    let added = overlay(&new, &nothing, &["logging.bucket"]);
    assert_eq!(added, (names(&["logging"]), new), "with all members");
    let removed = overlay(&nothing, &old, &["logging.bucket"]);
    assert_eq!(removed.0, ["logging"], "with all members");
}

#[test]
fn an_ignored_item_is_kept_in_its_list_or_out_of_it() {
    for (new, old, drift, result) in [
        (&["a", "x"][..], &["a"][..], &[][..], &["a"][..]),
        (&["a"], &["x", "a"], &[], &["x", "a"]),
        (&[], &["x"], &[], &["x"]),
        (&["x"], &[], &[], &[]),
        (
            &["b"],
            &["a", "x"],
            &["aliases[b]", "aliases[a]"],
            &["x", "b"],
        ),
    ] {
        let found = overlay(&aliases(new), &aliases(old), &["aliases[x]"]);
        let expected = Some(Aliases(names(result))).filter(|it| !it.0.is_empty());
        let kept = found.1.aliases.filter(|it| !it.0.is_empty());
        assert_eq!((found.0, kept), (names(drift), expected), "{new:?} {old:?}");
    }
    let found = overlay(&aliases(&["x"]), &Config::default(), &["aliases[x]"]);
    assert_eq!(found.0, [""; 0], "the observed list is absent");
}

#[test]
fn an_ignored_item_keeps_its_place_in_an_ordered_list() {
    let (new, old) = (
        behaviors(&[("a", "1"), ("b", "1")]),
        behaviors(&[("x", "9"), ("a", "1"), ("y", "9"), ("b", "2")]),
    );
    let paths = ["cacheBehaviors[x]", "cacheBehaviors[y]"];
    let (drift, result) = overlay(&new, &old, &paths);
    assert_eq!(drift, ["cacheBehaviors[b].targetOriginId"]);
    let expected = behaviors(&[("x", "9"), ("a", "1"), ("y", "9"), ("b", "1")]);
    assert_eq!(result, expected);
}

#[test]
fn a_field_of_an_item_is_ignored_while_both_sides_have_the_item() {
    let new = origins(&[origin("api", "new", "new"), origin("added", "new", "new")]);
    let old = origins(&[origin("api", "old", "old")]);
    let paths = ["origins[api].customHeaders", "origins[added].customHeaders"];
    let (drift, result) = overlay(&new, &old, &paths);
    assert_eq!(drift, ["origins[api].domainName", "origins[added]"]);
    let expected = [origin("api", "new", "old"), origin("added", "new", "new")];
    assert_eq!(result, origins(&expected));
    let path = "origins[api].customHeaders[key].headerValue";
    let (drift, _) = overlay(&origins(&expected[..1]), &old, &[path]);
    assert_eq!(drift, ["origins[api].domainName"]);
}

#[test]
fn a_list_beside_other_members_has_its_own_path() {
    let methods = |items: &[&str], cached: &[&str]| Config {
        allowed_methods: Some(AllowedMethods {
            items: Methods(names(items)),
            cached_methods: Some(Methods(names(cached))),
        }),
        ..Config::default()
    };
    let (new, old) = (methods(&["a"], &["a"]), methods(&["b", "c"], &["b"]));
    let cached = [
        "allowedMethods.cachedMethods[a]",
        "allowedMethods.cachedMethods[b]",
    ];
    let found = overlay(&new, &old, &["allowedMethods.items"]);
    assert_eq!(found, (names(&cached), methods(&["b", "c"], &["a"])));
    let items = ["allowedMethods.items[a]", "allowedMethods.items[b]"];
    let paths = ["allowedMethods.cachedMethods", "allowedMethods.items[c]"];
    let found = overlay(&new, &old, &paths);
    assert_eq!(found, (names(&items), methods(&["c", "a"], &["b"])));
}

/// Whether a path is another one, or below it. An item contains no list directly, so a bracket after its name belongs to the name of
/// another item: `aliases[][]` is the item `][` beside the empty item `aliases[]`.
fn is_covered(drift: &str, path: &str) -> bool {
    let rest = drift.strip_prefix(path);
    rest.is_some_and(|rest| {
        let is_item = rest.starts_with('[') && !path.ends_with(']');
        rest.is_empty() || rest.starts_with('.') || is_item
    })
}

#[test]
fn an_item_with_brackets_in_its_name_is_not_below_another_item() {
    for (drift, path, expected) in [
        ("aliases[][]", "aliases[]", false),
        ("aliases[][]", "aliases", true),
        ("origins[a].id", "origins[a]", true),
        ("originsGroups", "origins", false),
    ] {
        assert_eq!(is_covered(drift, path), expected, "{drift} {path}");
    }
}

/// An ignored item changes the order of its list.
fn without_order(drift: &[Drift]) -> Vec<String> {
    let mut lines = lines(drift);
    lines.retain(|line| !line.starts_with("cacheBehaviors:"));
    lines
}

proptest! {
    #[test]
    fn each_difference_can_be_ignored_alone(old in config().prop_map(canonical), new in config().prop_map(canonical)) {
        let (mut before, wanted) = (observed(&old), desired(&new));
        let all = before.overlay(&wanted);
        for ignored in &all {
            let (mut result, mut wanted) = (observed(&old), desired(&new));
            wanted.keep_observed(&result, std::slice::from_ref(&ignored.path));
            let drift = without_order(&result.overlay(&wanted));
            let others: Vec<Drift> = all.iter().filter(|it| !is_covered(&it.path, &ignored.path)).cloned().collect();
            prop_assert_eq!(drift, without_order(&others), "{}", ignored.path);
        }
        let paths: Vec<String> = all.into_iter().map(|drift| drift.path).collect();
        let (mut result, mut wanted): (Element, Element) = (observed(&old), desired(&new));
        wanted.keep_observed(&result, &paths);
        prop_assert_eq!(lines(&result.overlay(&wanted)), Vec::<String>::new());
    }
}

#[test]
fn a_path_in_a_structure_that_is_not_observed_changes_nothing() {
    let document = b"<C><Logging><Bucket>logs</Bucket></Logging></C>";
    let mut wanted = Element::parse(document).unwrap();
    let observed = Element::parse(b"<C></C>").unwrap();
    wanted.keep_observed(&observed, &["logging.bucket".into()]);
    assert_eq!(wanted, Element::parse(document).unwrap());
}

#[test]
fn a_list_without_a_quantity_gets_none() {
    let document = b"<C><Tags><Items><Tag>a</Tag></Items></Tags></C>";
    let mut wanted = Element::parse(document).unwrap();
    let observed = wanted.clone();
    wanted.keep_observed(&observed, &["comment".into()]);
    assert_eq!(wanted, observed);
}
