#!/bin/sh
# Makes what a release has, in a folder: an archive for each system, their SHA-256, and a bill of materials. The same
# commit gives the same bytes, on any machine with the same Go.
#
#   deploy/release.sh FOLDER [SYSTEM/ARCHITECTURE ...]
set -eu

folder=${1:?a folder is needed: deploy/release.sh FOLDER}
shift
[ $# -gt 0 ] || set -- linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
bill=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
version=$(git describe --tags --always --dirty --abbrev=12)
made=$(git log -1 --format=%ct) # what every file says of when it was made
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
rm -f "$folder"/clientele-* "$folder"/SHA256SUMS
for target; do
	system=${target%/*} architecture=${target#*/}
	name=clientele-$version-$system-$architecture
	program=clientele
	[ "$system" != windows ] || program=clientele.exe
	echo "building $name" >&2
	mkdir "$work/$name"
	CGO_ENABLED=0 GOOS=$system GOARCH=$architecture go build -trimpath -ldflags "-s -w -X main.version=$version" \
		-o "$work/$name/$program" ./cmd/clientele
	cp -R LICENSE README.md CHANGELOG.md docs deploy "$work/$name/"
	tar -C "$work" --sort=name --mtime="@$made" --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w -cf - "$name" |
		gzip -9n >"$folder/$name.tar.gz"
	last=$work/$name/$program
done
go run "$bill" bin -json -std -noserial -notimestamp -version "$version" -output "$folder/clientele-$version.cdx.json" "$last"
(cd "$folder" && sha256sum clientele-* >SHA256SUMS)
ls -l "$folder" >&2
