# Short names for the commands of this repository. Each recipe is one line; `cargo xtask --help` lists the test steps.

# Start everything on http://localhost:8080
run *ARGUMENTS:
    cargo run -- {{ARGUMENTS}}

# Everything that CI checks, or the named steps
test *STEPS:
    cargo xtask test {{STEPS}}

# Deploy to an emulator or an account
stack *OPTIONS:
    cargo xtask stack {{OPTIONS}}

# Fuzz one target until it finds something
fuzz TARGET:
    cargo xtask fuzz {{TARGET}}
