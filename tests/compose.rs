//! docker-compose.yml and the image it builds: valid, and with all of the demo's SQL in it.

use std::fs;
use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn the_image_runs_every_script_of_the_demo_in_order() {
    let dockerfile = fs::read_to_string(Path::new(ROOT).join("docker/Dockerfile")).unwrap();
    let copied: Vec<(&str, &str)> = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter_map(|line| line.split_once(char::is_whitespace).map(|(from, to)| (from, to.trim())))
        .collect();
    let sources: Vec<_> = copied.iter().map(|(from, _)| *from).collect();
    assert_eq!(
        sources,
        ["docker/extensions.sql", "sql/demo/schema.sql", "sql/demo/data.sql", "sql/demo/finish.sql"]
    );
    assert!(sources.iter().all(|from| Path::new(ROOT).join(from).is_file()));
    assert!(copied.is_sorted_by_key(|(_, to)| *to), "the image runs them by name: {copied:?}");
}

/// Where neither form of compose is installed, there is nobody to ask.
#[test]
fn compose_takes_the_file() {
    let compose: [&[&str]; 2] = [&["docker", "compose"], &["docker-compose"]];
    let with = |arguments: &[&str], more: &[&str]| {
        let mut all = arguments.iter().chain(more);
        Command::new(all.next().unwrap()).args(all).current_dir(ROOT).output()
    };
    let works = |it: &&&[&str]| with(it, &["version"]).is_ok_and(|run| run.status.success());
    let Some(compose) = compose.iter().find(works) else { return };
    let run = with(compose, &["config"]).unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(String::from_utf8_lossy(&run.stdout).contains("127.0.0.1"), "it listens on this machine only");
}
