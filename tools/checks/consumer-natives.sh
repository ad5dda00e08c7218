#!/usr/bin/env bash
# usage: tools/checks/consumer-natives.sh
# What a project that depends on Zeuxis gets: installs core and pictograms into a repository of their own, and lists the natives of a
# project with nothing but the two, as it is and with each form of the property javacpp.platform.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
maven=(mvn -q -B "-Dmaven.repo.local=$work/repository")
(cd "$root" && "${maven[@]}" -Dmaven.test.skip=true -Dspotless.check.skip=true -pl .,core,pictograms install)

mkdir "$work/consumer" && cd "$work/consumer"
cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId><artifactId>consumer</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.zeuxis</groupId><artifactId>zeuxis-core</artifactId><version>0.1.0-SNAPSHOT</version></dependency>
    <dependency><groupId>org.zeuxis</groupId><artifactId>zeuxis-pictograms</artifactId><version>0.1.0-SNAPSHOT</version></dependency>
  </dependencies>
</project>
POM

failed=0
# expect PLATFORMS [PROPERTY...]
expect() {
    local wanted=$1 got
    shift
    rm -rf jars
    "${maven[@]}" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=jars "$@"
    got=$(cd jars && ls | sed -nE 's/^(javacpp|openblas|pytorch)-.*-((linux|macosx|windows|android|ios)-[a-z0-9_]+)\.jar$/\2/p' | sort | uniq -c | xargs)
    echo "${*:-as it is}: $got, $(du -cm --apparent-size jars/* | tail -n 1 | cut -f 1) MB in all"
    [[ $got == "$wanted" ]] || { echo "  expected $wanted" && failed=1; }
}
case $(uname -s)/$(uname -m) in
    Darwin/arm64) host=macosx-arm64 ;;
    Darwin/*) host=macosx-x86_64 ;;
    *) host=linux-x86_64 ;;
esac
expect "3 $host"
expect "3 windows-x86_64" -Djavacpp.platform=windows-x86_64
expect "3 linux-x86_64 3 macosx-arm64" -Djavacpp.platform=linux-x86_64 -Djavacpp.platform.macosx-arm64
expect "3 $host" -Djavacpp.platform.host
exit $failed
