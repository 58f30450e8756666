//! Parsing and serializing documents.

use super::sample::parse;
use cloudfront_operator::xml::{Element, MAX_DEPTH, MAX_DOCUMENT, XmlError};

fn refusal(document: &str) -> String {
    Element::parse(document.as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_cloudfront_response_is_parsed() {
    let response = parse(
        r#"<?xml version="1.0"?>
        <ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">
          <Error><Type>Sender</Type><Code>NoSuchDistribution</Code><Message>It isn&apos;t &#x74;here.</Message></Error>
          <RequestId/>
        </ErrorResponse>"#,
    );
    assert_eq!(response.name(), "ErrorResponse");
    assert_eq!(response.children().len(), 2);
    assert_eq!(response.text_of("RequestId"), Some(""));
    let error = response.child("Error").unwrap();
    assert_eq!(error.text_of("Message"), Some("It isn't there."));
    assert_eq!(error.text_of("Nothing"), None);
}

#[test]
fn cdata_comments_and_prefixes_leave_only_their_content() {
    let document = "<a:X xmlns:a='u'><a:Y>1<!-- no --> <![CDATA[<2>&amp;]]></a:Y></a:X>";
    assert_eq!(parse(document).text_of("Y"), Some("1 <2>&amp;"));
}

#[test]
fn white_space_is_kept_in_text_and_dropped_between_elements() {
    let document = parse("<X>\n  <Y> a\tb\r\nc </Y>\n</X>\n");
    assert_eq!(document.to_string(), "<X><Y> a\tb\nc </Y></X>");
}

#[test]
fn a_document_is_serialized_with_its_namespace_on_the_root_only() {
    let document = Element::new("A").with(Element::leaf("B", "1 < 2 && \"]]>\"\r\n"));
    assert_eq!(
        document.to_document("http://example.com/?a&b"),
        "<A xmlns=\"http://example.com/?a&amp;b\"><B>1 &lt; 2 &amp;&amp; &quot;]]&gt;&quot;&#13;\n</B></A>"
    );
    assert_eq!(parse(&document.to_document("u")), document);
}

#[test]
fn a_character_that_xml_excludes_is_replaced() {
    assert_eq!(Element::leaf("A", "a\0b").to_string(), "<A>a\u{fffd}b</A>");
}

#[test]
fn documents_that_are_not_plain_xml_are_refused() {
    for (document, reason) in [
        ("", "no root element"),
        ("<A>", "<A> is not closed"),
        ("<A></B>", "expected `</A>`"),
        ("</A>", "does not match any open tag"),
        ("<A/><B/>", "a second root element"),
        ("<A/>text", "text outside of the root element"),
        ("<A>text<B/></A>", "text beside elements in <A>"),
        ("<A>&nbsp;</A>", "an entity that XML does not predefine"),
        ("<A>&#1;</A>", "a character that XML 1.0 excludes"),
        ("<A>\u{1}</A>", "a character that XML 1.0 excludes"),
        ("<1/>", "an element without a proper name"),
        (
            "<?php boom ?><A/>",
            "a processing instruction is not accepted",
        ),
        (
            "<!DOCTYPE A [<!ENTITY b \"c\">]><A>&b;</A>",
            "a document type is not accepted",
        ),
    ] {
        let refusal = refusal(document);
        assert!(refusal.contains(reason), "{document}: {refusal}");
    }
    let error = Element::parse(b"<A>\xff</A>").unwrap_err();
    assert_eq!(error.to_string(), "document refused near byte 3: not UTF-8");
}

#[test]
fn depth_and_size_are_bounded() {
    let nested = |depth: usize| "<A>".repeat(depth) + &"</A>".repeat(depth);
    parse(&nested(MAX_DEPTH));
    assert!(refusal(&nested(MAX_DEPTH + 1)).contains("nest deeper than 64 levels"));

    let padded = |size: usize| format!("<A>{}</A>", " ".repeat(size - 7)).into_bytes();
    assert!(Element::parse(&padded(MAX_DOCUMENT)).is_ok());
    let size = MAX_DOCUMENT + 1;
    assert_eq!(
        Element::parse(&padded(size)),
        Err(XmlError::TooLarge { size })
    );
}

#[test]
fn a_tree_can_be_modified() {
    let mut config = parse("<C><Enabled>true</Enabled><Tag>1</Tag><Tag>2</Tag></C>");
    config.set_text("Enabled", "false");
    config.set_text("Comment", "new");
    assert_eq!(config.remove("Tag"), Some(Element::leaf("Tag", "1")));
    assert_eq!(config.remove("Tag"), None);
    config
        .child_mut("Comment")
        .unwrap()
        .push(Element::leaf("By", "me"));
    assert_eq!(
        config.to_string(),
        "<C><Enabled>false</Enabled><Comment><By>me</By></Comment></C>"
    );
}

#[test]
fn debug_output_hides_secrets() {
    let header = parse("<H><HeaderName>X-Key</HeaderName><HeaderValue>hunter2</HeaderValue></H>");
    assert_eq!(
        format!("{header:?}"),
        "<H><HeaderName>X-Key</HeaderName><HeaderValue>(redacted)</HeaderValue></H>"
    );
}

#[test]
fn elements_with_another_name_text_or_child_are_different() {
    let element = parse("<A><B>x</B></A>");
    for other in ["<C><B>x</B></C>", "<A>x</A>", "<A><B>y</B></A>", "<A></A>"] {
        assert_ne!(element, parse(other), "{other}");
    }
    assert_eq!(element, parse("<A><B>x</B></A>"));
}

#[test]
fn children_with_one_name_are_the_items_of_a_list_of_any_name() {
    let mut observed = parse("<C><Names><Name>a</Name><Name>b</Name></Names></C>");
    let desired = parse("<C><Names><Name>b</Name><Name>c</Name></Names></C>");
    observed.overlay(&desired);
    assert_eq!(observed, desired);
}
