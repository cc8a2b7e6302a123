//! One binary for all integration tests: one link, one process, shared support.

mod directive;

mod store {
    mod contract;
    mod crash;
    mod damage;
    mod files;
    mod full;
    mod processes;
    mod support;
}
