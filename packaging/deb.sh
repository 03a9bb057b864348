#!/bin/sh
# Builds build/sodien_<version>_<architecture>.deb from what is committed, in a clean root of the Debian that it is for:
# the package holds a virtual environment for that Debian's Python, with every wheel it needs, in /usr/lib/sodien.
#
#   make deb                             for bookworm, this processor
#   make deb ARGS='trixie'               another suite
#   make deb ARGS='trixie arm64'         another processor (armhf too), without an emulator: what is compiled is replaced
#   make deb ARGS='bookworm amd64 DIR'   a root that is kept and used again
#
# The maintainer is $DEBFULLNAME <$DEBEMAIL>, else who made the last commit.
set -eu
packages=python3,python3-venv,ca-certificates,binutils-multiarch
: "${SODIEN_FOR:=${2:-$(dpkg --print-architecture)}}"  # the root is this machine's
export SODIEN_FOR
case $SODIEN_FOR in
    amd64) machine=x86_64 triple=x86_64-linux-gnu ;;
    arm64) machine=aarch64 triple=aarch64-linux-gnu ;;
    armhf) machine=armv7l triple=arm-linux-gnueabihf ;;
    *) echo "no package is made for $SODIEN_FOR; amd64, arm64 and armhf are" >&2; exit 2 ;;
esac
set -- "${1:-bookworm}" "$(dpkg --print-architecture)" ${3:+"$3"}
. "$(dirname "$0")/clean-root.sh"

of=${SODIEN_OF:-HEAD}
log() { TZ=UTC git -C "$here" log -1 --date=format-local:%Y%m%d%H%M --format="$1" "$of"; }
extras=pi,collector,page,pdf-import
tree=$root/src made=$root/made
rm -rf "$tree" "$made" "$root/usr/lib/sodien"
mkdir -p "$tree" "$made/DEBIAN" "$made/usr/lib"
git -C "$here" archive "$of" | tar -x -C "$tree"
if [ "$of" != HEAD ]; then  # the test's: an older Sodien, packed as this one is
    extras=collector
    for part in packaging systemd config/mosquitto; do
        rm -rf "${tree:?}/$part"; mkdir -p "$(dirname "$tree/$part")"; cp -a "$here/$part" "$tree/$part"
    done
    cat >>"$tree/pyproject.toml" <<'TOML'

[tool.hatch.build.targets.wheel.force-include]
"config" = "sodien/data/config"
"systemd" = "sodien/data/systemd"
"packaging" = "sodien/data/packaging"
TOML
fi

# 1.2.3+deb12 for a release's tag, else 1.2.3+git<time of the commit>+deb12.
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$tree/sodien/__init__.py")
git -C "$here" describe --exact-match --match "v$version" "$of" >/dev/null 2>&1 ||
    version=$version+git$(log %cd)
version=$version+deb$(. "$root/etc/os-release" && echo "$VERSION_ID")
SOURCE_DATE_EPOCH=$(log %ct)
export SOURCE_DATE_EPOCH

echo "Building sodien $version for $suite on $SODIEN_FOR …" >&2
python=$(inside python3 -c 'import sys; print(f"3.{sys.version_info[1]}")')
inside python3 -m venv /usr/lib/sodien
inside /usr/lib/sodien/bin/pip install --quiet --disable-pip-version-check --no-compile \
    "/src[$extras]"
# Raspberry Pi OS's lgpio, for whoever installs python3-lgpio and sets gpio.factory to it.
suffix=cpython-$(echo "$python" | tr -d .)-$triple.so
for file in lgpio.py "_lgpio.$suffix"; do
    ln -s "/usr/lib/python3/dist-packages/$file" "$root/usr/lib/sodien/lib/python$python/site-packages/"
done
ln -s "lib/python$python/site-packages/sodien/data" "$root/usr/lib/sodien/data"
inside env LAYOUT=deb DESTDIR=/made sh /usr/lib/sodien/data/packaging/install.sh files
if [ "$SODIEN_FOR" != "$arch" ]; then
    # Everything has run that had to run here. Now what is compiled is fetched for the other processor, or compiled for it
    # where its project has no wheel: pip and setuptools take what they build for from these names, as cross builds of Debian do.
    inside dpkg --add-architecture "$SODIEN_FOR"
    inside apt-get -q update >/dev/null
    inside env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install \
        "gcc-$triple" "libc6-dev-$SODIEN_FOR-cross" "libpython3-dev:$SODIEN_FOR" >/dev/null
    grep -l '^Tag: cp' "$root/usr/lib/sodien/lib/python$python/site-packages"/*.dist-info/WHEEL |
        sed 's#.*/\(.*\)-\(.*\)\.dist-info/WHEEL#\1==\2#' >"$root/compiled.txt"
    inside env _PYTHON_HOST_PLATFORM="linux-$machine" _PYTHON_SYSCONFIGDATA_NAME="_sysconfigdata__$triple" \
        PYTHONPATH="/usr/lib/python$python" CC="$triple-gcc" LDSHARED="$triple-gcc -shared" \
        /usr/lib/sodien/bin/pip install --quiet --disable-pip-version-check --no-compile --no-deps --force-reinstall -r /compiled.txt
fi
inside /usr/lib/sodien/bin/python -m pip uninstall --quiet --yes pip setuptools
cp -a "$root/usr/lib/sodien" "$made/usr/lib/"
lib=$made/usr/lib/sodien
find "$lib/bin" -mindepth 1 ! -name 'python*' ! -name sodien -delete
rm -rf "$lib/include" "$lib/share" "$lib/.gitignore"
find "$lib/lib" -name '*.py' -type f -exec chmod a-x {} +  # in wheels some are programs without a first line that says of what
find "$lib/lib" -name '*.sh' -type f -exec chmod a+x {} +
find "$lib" -name __pycache__ -prune -exec rm -rf {} +
find "$lib" -name '*.so*' -type f | while read -r file; do inside strip --strip-unneeded "${file#"$root"}"; done
find "$made" -type l -lname '/*' | while read -r link; do ln -sfnr "$made$(readlink "$link")" "$link"; done

doc=$made/usr/share/doc/sodien
mkdir -p "$doc"
cp "$tree/LICENSE" "$doc/copyright"
maintainer="${DEBFULLNAME:-$(log %an)} <${DEBEMAIL:-$(log %ae)}>"
printf 'sodien (%s) unstable; urgency=medium\n\n  * What has changed: CHANGELOG.md of this release.\n\n -- %s  %s\n' \
    "$version" "$maintainer" "$(LC_ALL=C date -R -u -d "@$SOURCE_DATE_EPOCH")" >"$doc/changelog"
gzip -9n "$doc/changelog" "$made/usr/share/man/man1/sodien.1"

sed -e "s/@VERSION@/$version/; s/@ARCH@/$SODIEN_FOR/; s/@MAINTAINER@/$(printf '%s' "$maintainer" | sed 's#[&/\\]#\\&#g')/" \
    -e "s/@SIZE@/$(du -sk --exclude=DEBIAN "$made" | cut -f1)/" \
    -e "s/@LIBC@/$(inside dpkg-query -W -f '${Version}' libc6 | sed 's/-.*//')/" \
    -e "s/@PYTHON@/$python/; s/@NEXT@/3.$((${python#3.} + 1))/" \
    "$tree/packaging/debian/control" >"$made/DEBIAN/control"
for script in preinst postinst prerm postrm; do install -m 0755 "$tree/packaging/debian/$script" "$made/DEBIAN/"; done
install -D -m 0644 "$tree/packaging/debian/lintian-overrides" "$made/usr/share/lintian/overrides/sodien"
install -m 0644 "$tree/packaging/debian/templates" "$made/DEBIAN/"
(cd "$made" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
chmod -R u=rwX,go=rX "$made"
mkdir -p "$here/build"
deb=sodien_${version}_$SODIEN_FOR.deb
inside env SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" dpkg-deb --root-owner-group --build /made "/$deb" >/dev/null
mv "$root/$deb" "$here/build/"
echo "build/$deb"
