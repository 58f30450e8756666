//! Whether viewers get answers. What is to be deleted must be off first, at every edge.

use crate::xml::Element;

/// The default of `enabled`.
pub(in crate::kinds) fn by_default() -> bool {
    true
}

/// Switches a configuration off, and says whether it was on.
pub(in crate::kinds) fn switch_off(config: &mut Element) -> bool {
    let enabled = config.text_of("Enabled") != Some("false");
    if enabled {
        config.set_text("Enabled", "false");
    }
    enabled
}
