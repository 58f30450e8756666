//! The shape of the source tree, as invariants: who may import whom, how large files may grow, what is not written.

mod tidy {
    mod architecture;
    mod clocks;
    mod forbidden_words;
    mod import_cycles;
    mod import_graph;
    mod layers;
    mod lexer;
    mod markdown;
    mod modules;
    mod packages;
    mod prose;
    mod sizes;
    mod sources;
    mod unfinished;
    mod words;
}
