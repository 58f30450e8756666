//! What one pass should do: decided without I/O, carried out without decisions.

use crate::{
    cloudfront::Request,
    engine::{
        kind::{Kind, Lifecycle},
        remote::resource::Remote,
    },
    xml::{Drift, Element},
};

/// What an object asks for.
#[derive(Clone, Debug)]
pub enum Wish {
    /// The remote should be like this.
    Present {
        /// The desired configuration, complete but for what is not managed.
        config: Element,
        /// The key a create is made under.
        caller_reference: String,
        /// Whether a difference may be written.
        write: bool,
    },
    /// The remote should be gone.
    Absent,
}

impl Wish {
    /// Whether a difference may be written.
    pub fn may_be_written(&self) -> bool {
        !matches!(self, Self::Present { write: false, .. })
    }
}

/// What one pass will do.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    /// CloudFront has nothing: make it from this configuration.
    Create(Element),
    /// CloudFront has something else: change it.
    Update(Request, Vec<Drift>),
    /// The remote must be disabled before it may be deleted.
    Retire(Request),
    /// The remote may be deleted.
    Delete(Request),
    /// CloudFront is still bringing the last change to its edges.
    Await,
    /// CloudFront has what was asked for.
    Settled,
    /// CloudFront has something else, and it must stay so.
    Drifted(Vec<Drift>),
    /// CloudFront has nothing, and it must stay so.
    Missing,
    /// The remote is gone: let go of the object.
    Forget,
}

impl Plan {
    /// Whether it is carried out by a write to CloudFront.
    pub fn is_write(&self) -> bool {
        matches!(
            self,
            Self::Create(_) | Self::Update(..) | Self::Retire(_) | Self::Delete(_)
        )
    }
}

/// Decides what to do about a remote, from nothing but what is there and what is wished.
///
/// | wish | remote | deployed | in sync | retired | plan |
/// |---|---|---|---|---|---|
/// | present | absent | – | – | – | `Create`, or `Missing` where nothing may be written |
/// | present | present | any | no | – | `Update`, or `Drifted` where nothing may be written |
/// | present | present | no | yes | – | `Await` |
/// | present | present | yes | yes | – | `Settled` |
/// | absent | present | any | – | no | `Retire`, from the live configuration |
/// | absent | present | no | – | yes | `Await` |
/// | absent | present | yes | – | yes | `Delete` |
/// | absent | absent | – | – | – | `Forget` |
///
/// A resource that does its work [once](Lifecycle::OneShot) is never updated, retired or deleted: `Create`, `Await`, `Settled`, `Forget`.
pub fn plan<K: Kind>(wish: &Wish, remote: Option<&Remote>) -> Plan {
    match (wish, remote) {
        (Wish::Absent, None) => Plan::Forget,
        (Wish::Absent, Some(_)) if K::LIFECYCLE == Lifecycle::OneShot => Plan::Forget,
        (Wish::Absent, Some(remote)) => plan_removal::<K>(remote),
        (Wish::Present { write: false, .. }, None) => Plan::Missing,
        (
            Wish::Present {
                config,
                caller_reference,
                ..
            },
            None,
        ) => {
            let mut config = config.clone();
            config.set_text("CallerReference", caller_reference);
            K::prune_for_create(&mut config);
            Plan::Create(config)
        }
        (Wish::Present { .. }, Some(remote)) if K::LIFECYCLE == Lifecycle::OneShot => {
            if K::is_deployed(&remote.document) {
                Plan::Settled
            } else {
                Plan::Await
            }
        }
        (Wish::Present { config, write, .. }, Some(remote)) => {
            let mut live = remote.config::<K>();
            let mut config = config.clone();
            K::prune_for_update(&mut config, &live);
            let drift = live.overlay(&config);
            match (drift.is_empty(), K::is_deployed(&remote.document)) {
                (false, _) if *write => {
                    Plan::Update(K::update(&remote.id, &remote.etag, live), drift)
                }
                (false, _) => Plan::Drifted(drift),
                (true, true) => Plan::Settled,
                (true, false) => Plan::Await,
            }
        }
    }
}

/// Retires from the live configuration, so that a bad spec never stands in the way of a deletion. CloudFront takes the change
/// while an earlier one is in progress, so no deployment is waited for twice.
fn plan_removal<K: Kind>(remote: &Remote) -> Plan {
    let mut live = remote.config::<K>();
    match (K::disable(&mut live), K::is_deployed(&remote.document)) {
        (true, _) => Plan::Retire(K::update(&remote.id, &remote.etag, live)),
        (false, false) => Plan::Await,
        (false, true) => Plan::Delete(K::delete(&remote.id, &remote.etag)),
    }
}
