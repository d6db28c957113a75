//! The one binary. Each command is a module of [`cmd`]; this file only reads the arguments.
//!
//! Only here is the machine's clock read ([`clock::SystemClock`]); every other room takes it as an argument.

mod clock;
mod cmd;
mod definitions;
mod fail;
mod files;
mod fonts;
mod node;
mod pipeline;
mod plans;
mod profiles;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tikv_jemallocator::Jemalloc;

/// Gives memory back after a burst (ADR 0006).
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// 环枢 Huanshu: an environmental supervision platform in one program.
#[derive(Parser)]
#[command(name = "huanshu", version, about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 演示: start the simulated district and the server on an embedded database
    Demo(cmd::demo::Arguments),
    /// 运行: serve the API, the pages and the HJ 212 gateway
    Serve(cmd::serve::Arguments),
    /// 模拟: let the profile's demo cast speak HJ 212 to a gateway
    Simulate(cmd::simulate::Arguments),
    /// 解码: HJ 212 frames in, JSON lines out
    Decode(cmd::decode::Arguments),
    /// 符合性: run every case file under a folder
    Conformance(cmd::conformance::Arguments),
    /// 导入: observations from a table, or a published plan
    #[command(subcommand)]
    Import(cmd::import::Command),
    /// 规划: evaluations of the plan, without a server
    #[command(subcommand)]
    Plan(cmd::plan::Command),
    /// 令牌: API tokens
    #[command(subcommand)]
    Token(cmd::token::Command),
    /// 校验: check the raw log and the audit chain of a data folder
    Verify(cmd::verify::Arguments),
    /// 覆盖: the systems of the plan and what implements each
    Systems(cmd::systems::Arguments),
    /// 测速: measure, and write docs/benchmarks
    Bench(cmd::bench::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Demo(a) => cmd::demo::run(a),
        Command::Serve(a) => cmd::serve::run(a),
        Command::Simulate(a) => cmd::simulate::run(a),
        Command::Decode(a) => cmd::decode::run(&a),
        Command::Conformance(a) => cmd::conformance::run(&a),
        Command::Import(a) => cmd::import::run(a),
        Command::Plan(a) => cmd::plan::run(a),
        Command::Token(a) => cmd::token::run(a),
        Command::Verify(a) => cmd::verify::run(a),
        Command::Systems(a) => cmd::systems::run(&a),
        Command::Bench(a) => cmd::bench::run(&a),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
