//! All integration tests, in one binary.

mod provider {
    mod anthropic;
    mod demo;
    mod endpoint;
    mod failures;
    mod openai;
    mod rig;
    mod secrets;
}
