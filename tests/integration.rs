//! One binary for all integration tests: one link, one process, shared support.

mod store {
    mod contract;
    mod crash;
    mod damage;
    mod files;
    mod full;
    mod import;
    mod processes;
    mod support;
}
