//! The XML that CloudFront speaks, and how desired state is laid over observed state.
//!
//! [`Element`] is the one representation of a document. Desired state is [encoded](to_element) into it, an answer of
//! the service is [parsed](Element::parse) into it, and [`Element::overlay`] lays the first over the second. What this
//! program does not know about survives the trip: `UpdateDistribution` replaces the whole configuration, so a client
//! that sends only what it knows resets what AWS has added since.
//!
//! # From Rust types to elements
//!
//! CloudFront's documents have neither attributes nor maps, and its names are those of the Kubernetes spec but for
//! their case. So the same serde types describe both, by three rules:
//!
//! 1. The field `defaultTTL` is the element `DefaultTTL`: the first letter becomes upper case. One short table holds
//!    the initialisms for which that is not enough (`httpPort` is `HTTPPort`).
//! 2. An absent `Option` is an element that *must not be there*: nothing is written, and an overlay removes it from what
//!    was observed. A field with `skip_serializing_if` that is skipped is the other case, *unmanaged*: what is there
//!    stays.
//! 3. A list is a newtype whose serde name is the wire path of its items. `Items/CNAME` is
//!    `<Quantity>…</Quantity><Items><CNAME>…`, in an element of the field's name, or in place when the field itself is
//!    called `items` and has siblings. `Field` is a list without a `Quantity`. A newtype or structure named `-` is for
//!    Kubernetes only and never sent.
//!
//! ```
//! # use cloudfront_operator::xml;
//! #[derive(serde::Serialize)]
//! #[serde(rename_all = "camelCase")]
//! struct Config {
//!     aliases: Aliases,
//!     comment: Option<String>,
//! }
//! #[derive(serde::Serialize)]
//! #[serde(rename = "Items/CNAME")]
//! struct Aliases(Vec<String>);
//!
//! let config = Config { aliases: Aliases(vec!["www.example.com".into()]), comment: None };
//! let want = xml::to_element("Config", &config)?;
//! assert_eq!(
//!     want.to_string(),
//!     "<Config><Aliases><Quantity>1</Quantity><Items><CNAME>www.example.com</CNAME></Items></Aliases></Config>",
//! );
//!
//! let mut live = xml::Element::parse(b"<Config><Comment>old</Comment><New>stays</New></Config>")?;
//! let drift: Vec<String> = live.overlay(&want).iter().map(ToString::to_string).collect();
//! assert_eq!(drift, ["aliases: desired [www.example.com], observed nothing", "comment: desired nothing, observed old"]);
//! assert_eq!(live.text_of("New"), Some("stays"));
//! # Ok::<(), xml::XmlError>(())
//! ```

mod decode;
mod drift;
mod element;
mod encode;
mod error;
mod names;
mod overlay;
mod overlay_list;
mod parse;
mod serialize;

pub use decode::from_element;
pub use drift::Drift;
pub use element::Element;
pub use encode::to_element;
pub use error::XmlError;
pub use parse::{MAX_DEPTH, MAX_DOCUMENT};
