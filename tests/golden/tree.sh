# shellcheck shell=sh
# tree.sh -- the files that the cases of tests/golden are about; source it
# behind lib.sh.
mkdir -p "$W/kept" "$W/hidden" "$W/deep/er" "$T/dir"
: >"$T/file"
: >"$W/a.env"
: >"$W/deep/er/b.env"
ln -s "$T/dir" "$W/link"
sed "s#DIR#$TEST_DIR#g" >"$W/all-kinds.json" <<'EOF'
{ "type": "managed", "network": "restricted", "file_system": {
  "type": "restricted", "glob_scan_max_depth": 3, "entries": [
  { "path": { "type": "special", "value": { "kind": "root" } }, "access": "read" },
  { "path": { "type": "special", "value": { "kind": "project_roots" } }, "access": "write" },
  { "path": { "type": "special", "value": { "kind": "project_roots", "subpath": "kept" } }, "access": "read" },
  { "path": { "type": "special", "value": { "kind": "tmpdir" } }, "access": "write" },
  { "path": { "type": "special", "value": { "kind": "slash_tmp" } }, "access": "write" },
  { "path": { "type": "special", "value": { "kind": "unknown", "path": "x" } }, "access": "read" },
  { "path": { "type": "path", "path": "DIR/other" }, "access": "none" },
  { "path": { "type": "path", "path": "DIR/other/dir" }, "access": "write" },
  { "path": { "type": "path", "path": "DIR/missing" }, "access": "read", "missing_path_behavior": "skip" },
  { "path": { "type": "glob_pattern", "pattern": "**/*.env" }, "access": "deny" } ] } }
EOF
