//! What operators put beside the program: run as they run it, against a receiver on loopback.

mod monitor;
mod receiver;
mod scripts;
