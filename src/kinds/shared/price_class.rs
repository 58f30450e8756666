//! What delivery may cost.

use super::word::word;

word! {
    /// Which edge locations serve a distribution.
    PriceClass: "PriceClass_100" | "PriceClass_200" | "PriceClass_All" | "None" = "PriceClass_All"
}
