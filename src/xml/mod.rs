//! CloudFront's XML, and the overlay of desired state on observed state.
//!
//! [`Element`] is the one representation of a document. Desired state is [encoded](to_element) as an element, a response is
//! [parsed](Element::parse) into an element, and [`Element::overlay`] overlays the first on the second. Elements that the types do not know
//! survive: `UpdateDistribution` replaces the whole configuration, so a client that sends only the elements it knows resets the others.
//!
//! # From Rust types to elements
//!
//! CloudFront's documents have neither attributes nor maps, and except for their case, the names are those of the Kubernetes spec. So the
//! same serde types describe both, by three rules:
//!
//! 1. The field `defaultTTL` is the element `DefaultTTL`: the first letter becomes upper case. A short table has the initialisms for which
//!    that is not enough (`httpPort` is `HTTPPort`).
//! 2. A `None` is an element that *must not exist*: it is not sent, and an overlay removes it from the observed state. A field that is
//!    skipped with `skip_serializing_if` is *unmanaged*: the observed element stays.
//! 3. A list is a newtype whose serde name is the wire path of its items. `Items/CNAME` is `<Quantity>…</Quantity><Items><CNAME>…`, in an
//!    element of the field's name, or without that element if the field itself has the name `items` and siblings. `Field` is a list without
//!    a `Quantity`. A newtype or structure with the name `-` exists in Kubernetes only and is never sent. After a colon, the name says what
//!    identifies an item and how items compare: `Items/Origin:Id`, `Items/CacheBehavior:PathPattern ordered`, `Items/Name:headers`.
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
//! let desired = xml::to_element("Config", &config)?;
//! assert_eq!(
//!     desired.to_string(),
//!     "<Config><Aliases><Quantity>1</Quantity><Items><CNAME>www.example.com</CNAME></Items></Aliases></Config>",
//! );
//!
//! let mut observed = xml::Element::parse(b"<Config><Comment>old</Comment><New>stays</New></Config>")?;
//! let drift: Vec<String> = observed.overlay(&desired).iter().map(ToString::to_string).collect();
//! assert_eq!(drift, ["aliases: desired [www.example.com], observed nothing", "comment: desired nothing, observed old"]);
//! assert_eq!(observed.text_of("New"), Some("stays"));
//! # Ok::<(), xml::XmlError>(())
//! ```

mod decode;
mod drift;
mod element;
mod encode;
mod error;
mod keep;
mod list_form;
mod names;
mod overlay;
mod overlay_list;
mod parse;
mod serialize;

pub use decode::from_element;
pub use drift::Drift;
pub use element::Element;
pub use encode::to_element;
pub use error::{MAX_DOCUMENT, XmlError};
pub(crate) use names::spec_name;
pub use parse::MAX_DEPTH;
