# SPDX-License-Identifier: Apache-2.0
# bash completion for codex-sandbox.  tests/e2e/33-completions.sh holds the
# options against --help.

_codex_sandbox_profiles() {
  codex-sandbox config profiles 2>/dev/null | cut -c3- | cut -d' ' -f1
}

_codex_sandbox_values() { # OPTION WORD -- what may follow the option
  local groups='git agents codex aws claude cursor gemini instructions editors
    shell ci all'
  case $1 in
  -s | --sandbox)
    compgen -W 'read-only workspace-write danger-full-access external-sandbox' -- "$2"
    ;;
  --unix) compgen -W 'own none' -- "$2" ;;
  --caller-proxy) compgen -W any -- "$2" ;;
  -n | --net) compgen -W 'none proxy full' -- "$2" ;;
  --net-mode) compgen -W 'full limited' -- "$2" ;;
  --transparent) compgen -W 'auto on off' -- "$2" ;;
  --upstream-proxy) compgen -W env -- "$2" ;;
  --allow-domain | --deny-domain) compgen -A hostname -- "$2" ;;
  --tmp) compgen -W 'private host' -- "$2" ;;
  --hard-links) compgen -W 'close refuse' -- "$2" ;;
  --git) compgen -W commit -- "$2" ;;
  --device) compgen -W 'dri kvm fuse' -- "$2" ;;
  --env-inherit) compgen -W 'core all none' -- "$2" ;;
  --backend) compgen -W 'namespaces landlock landlock-loose auto' -- "$2" ;;
  --mount-engine) compgen -W 'auto init bwrap' -- "$2" ;;
  --proc) compgen -W 'own none host' -- "$2" ;;
  --guard) compgen -W 'auto overlay journal' -- "$2" ;;
  --protect | --no-protect) compgen -W "$groups" -- "$2" ;;
  -l | --limit)
    compgen -W 'nofile= nproc= as= core= fsize= cpu= stack= data= memlock=' -- "$2"
    ;;
  -P | --profile) compgen -W "$(_codex_sandbox_profiles)" -- "$2" ;;
  -C | --workspace | --chdir) compgen -d -- "$2" ;;
  -w | --write | -r | --read | --ro | -d | --deny | --socket | --result | --rules | \
    --net-events) compgen -f -- "$2" ;;
  -p | --permission-profile | --sandbox-policy)
    [[ $2 != @* ]] || compgen -P @ -f -- "${2#@}"
    ;;
  --env-include | --env-exclude) compgen -v -- "$2" ;;
  esac
}

_codex_sandbox_takes() { # does the option take a value?
  case $1 in
  -s | --sandbox | -p | --permission-profile | --sandbox-policy | -P | \
    --profile | -c | --config | -C | --workspace | --chdir | -w | --write | -r | --read | --ro | -d | --deny | \
    --protect | --no-protect | --git | -n | --net | --allow-domain | \
    --deny-domain | --allow-cidr | --deny-cidr | --host-loopback | \
    --publish | --net-mode | --transparent | --upstream-proxy | \
    --egress-budget | --egress-budget-host | --net-events | --caller-proxy | --unix | --tmp | --hard-links | --socket | \
    --device | --env-inherit | --env-include | --env-exclude | -e | \
    --env-set | -l | --limit | --memory | --pids | --cpu | -t | --timeout | --grace | --backend | --mount-engine | \
    --guard | --proc | --result | --result-fd | --require-digest | --rules)
    return 0
    ;;
  esac
  return 1
}

_codex_sandbox() {
  local cur=${COMP_WORDS[COMP_CWORD]} sub=${COMP_WORDS[1]} i=2 option='' word
  local both='--sandbox --permission-profile --sandbox-policy --profile --config
    --no-user-config --rules --approved --workspace
    --chdir --write --read --ro --deny --protect --no-protect --git
    --allow-secrets --net --allow-domain --deny-domain --allow-cidr --deny-cidr
    --host-loopback --publish --net-mode --transparent --no-sni-check
    --upstream-proxy --caller-proxy --unix --egress-budget --egress-budget-host --tmp --hard-links --socket --device --env-inherit --env-include
    --env-exclude --env-set --limit --memory --pids --cpu --timeout --grace --backend --mount-engine --guard
    --proc --require-digest --prove
    --keep-background --die-with-parent --tty --no-tty --help'
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'exec explain doctor config rules help --help --version' -- "$cur")
    return
  fi
  case $sub in
  exec) both="$both --result --result-fd --net-events" ;;
  explain) both="$both --json --argv --canonical" ;;
  doctor)
    mapfile -t COMPREPLY < <(compgen -W '--json --help' -- "$cur")
    return
    ;;
  config)
    case ${COMP_WORDS[COMP_CWORD - 1]} in
    -C) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    -c) ;;
    check) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    *)
      mapfile -t COMPREPLY < <(compgen -W \
        'show check profiles schema reference -C -c --origin --json --help' -- "$cur")
      ;;
    esac
    return
    ;;
  rules)
    if ((COMP_CWORD == 2)); then
      mapfile -t COMPREPLY < <(compgen -W 'check explain test fmt add table' -- "$cur")
    else
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
    return
    ;;
  *) return ;;
  esac
  # Where do our options end?  bash makes words of their own of "=".
  while ((i < COMP_CWORD)); do
    word=${COMP_WORDS[i]}
    if [[ -n $option && $word == = ]]; then
      :
    elif [[ -n $option ]]; then
      option=
    elif [[ $word == -- || $word != -* ]]; then
      [[ $word != -- ]] || ((i++))
      if declare -F _command_offset >/dev/null; then
        _command_offset "$i"
      elif ((i == COMP_CWORD)); then
        mapfile -t COMPREPLY < <(compgen -c -- "$cur")
      else
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      fi
      return
    elif _codex_sandbox_takes "$word"; then
      option=$word
    fi
    ((i++))
  done
  if [[ -n $option ]]; then
    [[ $cur != = ]] || cur=
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(_codex_sandbox_values "$option" "$cur")
    case ${COMPREPLY[*]} in
    *=) compopt -o nospace 2>/dev/null ;;
    esac
  elif [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$both" -- "$cur")
  else
    mapfile -t COMPREPLY < <(compgen -c -- "$cur")
  fi
}

complete -F _codex_sandbox codex-sandbox
