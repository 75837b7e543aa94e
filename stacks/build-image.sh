#!/usr/bin/env bash
# Builds an image, pushes it, and writes down which one it was. Needs docker and bash; `login` needs the AWS CLI.
#
#   REGISTRY          where to push: 123456789012.dkr.ecr.eu-west-1.amazonaws.com
#   REPOSITORY        the repository there
#   BUILD_DIRECTORY   what is given to docker build; by default all of the source
#   DOCKERFILE        seen from there; by default Dockerfile
#   TEST_TARGET       a stage of the Dockerfile that is built before anything else and must succeed; by default none
#   BUILD_ARGS        names or NAME=VALUE, separated by spaces; VERSION and REVISION have values without being given any
#   LAYER_CACHE       inline: layers of the image; registry: those of every stage, needs buildx; none. By default inline
#   CACHE_TAG         the tag under which they are kept; by default cache
#   MOVING_TAGS       further tags, separated by spaces, that are moved to what is built; by default none
#   CONTAINER_NAMES   the containers of imagedefinitions.json, separated by spaces; by default app
#   SOURCE_URL        where people find the source; by default the remote of the clone
#   GIT_COMMIT, GIT_BRANCH, GIT_TAG    what is built; by default what the clone says, which also knows names of commits
#   DEFAULT_BRANCH    the branch that is meant where a commit is on several
#
# Leaves image.env, imagedefinitions.json and imageDetail.json. The tag is the version of a Git tag (v1.2.3: 1.2.3), or
# else branch and commit (feature/x: feature-x-0123456789ab); neither ever moves. What was built already is not built again.
set -euo pipefail -o noglob
shopt -s inherit_errexit # a failure inside $(…) ends the build, too

readonly VERSION_TAG='^v?((0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?)$'

main() {
  readonly IMAGE="${REGISTRY:?is not set}/${REPOSITORY:?is not set}"
  case "${1:-}" in
    login) login ;;
    build) build ;;
    *) fail "say login or build" ;;
  esac
}

fail() {
  printf 'build-image: %s\n' "$*" >&2
  exit 1
}

say() { printf 'build-image: %s\n' "$*" >&2; }

login() {
  local password
  password=$(aws ecr get-login-password) # a pipe would let docker run when this has failed
  docker login --username AWS --password-stdin "$REGISTRY" <<<"$password"
}

build() {
  local commit tag digest
  commit=$(find_commit)
  tag=$(choose_tag "$commit")
  if digest=$(pull_digest "$tag"); then
    refuse_other_commit "$tag" "$commit"
    say "$tag is there already, and was built from this commit: nothing is built, no tag is moved"
  else
    run_docker "$commit" "$tag"
    digest=$(push_all "$tag")
  fi
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || fail "docker named no digest of $IMAGE:$tag, but '$digest'"
  write_results "$commit" "$tag" "$digest"
  say "$IMAGE:$tag is $digest"
}

# ── what is built ───────────────────────────────────────────────────────────────────────────────

in_clone() { git rev-parse --verify --quiet HEAD >/dev/null 2>&1; }

# A clone makes an id of a branch, a tag or half an id; what it does not know is taken as it is.
find_commit() {
  local commit=${GIT_COMMIT:-${CODEBUILD_RESOLVED_SOURCE_VERSION:-}} found=""
  if in_clone; then
    found=$(git rev-parse --verify --quiet --end-of-options "${commit:-HEAD}^{commit}" || true)
  fi
  commit=${found:-$commit}
  [[ -n $commit ]] || fail "nothing says which commit this is: set GIT_COMMIT"
  printf '%s' "$commit"
}

choose_tag() {
  local version name git_tag=${GIT_TAG:-}
  version=$(find_version "$1")
  if [[ -n $version ]]; then
    [[ ${#version} -le 128 ]] || fail "the version $version has more than the 128 characters of a tag"
    printf '%s' "$version"
    return
  fi
  name=${git_tag#refs/tags/}
  name=$(slug "${name:-$(find_branch "$1")}" 100)
  # What looks like a version, and is a branch, must not be taken for one.
  [[ $name =~ ^v?[0-9]+\.[0-9] ]] && name="branch-$name"
  printf '%s-%s' "${name:-source}" "$(short "$1")"
}

# The highest version among the Git tags of a commit, empty where there is none.
find_version() {
  local tag tags=${GIT_TAG:-}
  tags=${tags#refs/tags/}
  if [[ -z $tags ]] && in_clone; then
    tags=$(git tag --points-at "$1" 2>/dev/null || true) # a commit that the clone does not have is tagged nowhere
  fi
  while read -r tag; do
    if [[ $tag =~ $VERSION_TAG ]]; then printf '%s\n' "${BASH_REMATCH[1]}"; fi
  done <<<"$tags" | sort --version-sort | tail -n 1
}

find_branch() {
  local branch=${GIT_BRANCH:-} found
  if [[ -z $branch ]] && in_clone; then
    branch=$(git symbolic-ref --quiet --short HEAD || true)
    found=$(git for-each-ref --format='%(refname:lstrip=3)' --contains "$1" refs/remotes/origin 2>/dev/null || true)
    if [[ -z $branch ]]; then
      branch=$(grep --line-regexp --fixed-strings --max-count=1 "${DEFAULT_BRANCH:-main}" <<<"$found" ||
        grep --line-regexp --invert-match --max-count=1 -e HEAD -e '' <<<"$found" || true)
    fi
  fi
  printf '%s' "${branch#refs/heads/}"
}

# A text as part of a tag: letters, digits, _ . and -, none of the latter two at either end.
slug() {
  printf '%s' "$1" | LC_ALL=C tr -c 'A-Za-z0-9_.-' '-' | LC_ALL=C sed -E 's/-+/-/g; s/^[-.]+//' |
    cut -c "1-$2" | sed -E 's/[-.]+$//'
}

short() {
  if [[ $1 =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]]; then printf '%s' "${1:0:12}"; else slug "$1" 64; fi
}

# ── building ────────────────────────────────────────────────────────────────────────────────────

# The digest of a tag that the registry has; fails where it has none, or does not answer.
pull_digest() {
  docker pull "$IMAGE:$1" 2>/dev/null | sed -n 's/^Digest: //p' | grep .
}

refuse_other_commit() {
  local built_from
  built_from=$(docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.revision"}}' "$IMAGE:$1")
  [[ $built_from == "$2" ]] ||
    fail "$1 is there already, built from ${built_from:-an unknown commit}, and this is $2: a version never changes, so give this commit another one"
}

run_docker() {
  local commit=$1 tag=$2 directory=${BUILD_DIRECTORY:-.} source created word
  export VERSION=$tag REVISION=$commit
  source=$(find_source)
  created=$(find_time "$commit")
  local command=(docker build) options=(--file "$directory/${DOCKERFILE:-Dockerfile}")
  for word in ${BUILD_ARGS:-}; do options+=(--build-arg "$word"); done
  use_cache
  if [[ -n ${TEST_TARGET:-} ]]; then
    say "testing: stage $TEST_TARGET"
    "${command[@]}" "${options[@]}" --target "$TEST_TARGET" "$directory" >&2
  fi
  local labels=(--label "org.opencontainers.image.revision=$commit"
    --label "org.opencontainers.image.created=$created"
    --label "org.opencontainers.image.version=$tag")
  if [[ -n $source ]]; then labels+=(--label "org.opencontainers.image.source=$source"); fi
  "${command[@]}" "${options[@]}" "${to_cache[@]}" "${labels[@]}" --tag "$IMAGE:$tag" "$directory" >&2
}

# Adds to the command and options of run_docker what fetches and keeps layers.
use_cache() {
  local reference="$IMAGE:${CACHE_TAG:-cache}"
  export BUILDX_NO_DEFAULT_ATTESTATIONS=1 # one manifest: its digest is the one that runs
  to_cache=()
  case "${LAYER_CACHE:-inline}" in
    none) ;;
    inline)
      options+=(--cache-from "$reference")
      to_cache=(--build-arg BUILDKIT_INLINE_CACHE=1)
      ;;
    registry)
      docker buildx inspect longshore >/dev/null 2>&1 || docker buildx create --name longshore >&2
      command=(docker buildx build --builder longshore --load)
      options+=(--cache-from "type=registry,ref=$reference")
      to_cache=(--cache-to "type=registry,ref=$reference,mode=max,image-manifest=true,oci-mediatypes=true")
      ;;
    *) fail "LAYER_CACHE is '$LAYER_CACHE': say inline, registry or none" ;;
  esac
}

find_source() {
  local source=${SOURCE_URL:-}
  if [[ -z $source ]] && in_clone; then
    source=$(git config --get remote.origin.url || true)
  fi
  sed -E 's#^(https?://)[^/@]*@#\1#; s#\.git$##' <<<"$source" # a clone's address may carry a password
}

# The time of the commit, so that a build of it is the same whenever it is made.
find_time() {
  local time=""
  if in_clone; then time=$(TZ=UTC git show --no-patch --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ "$1" 2>/dev/null || true); fi
  printf '%s' "${time:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}"
}

# Pushes the tag of its own first: where that is refused nothing was moved. Prints the digest.
push_all() {
  local tag digest moving="${MOVING_TAGS:-}"
  if [[ ${LAYER_CACHE:-inline} == inline ]]; then moving+=" ${CACHE_TAG:-cache}"; fi
  digest=$(push "$1")
  for tag in $moving; do
    docker tag "$IMAGE:$1" "$IMAGE:$tag"
    push "$tag" >/dev/null
  done
  printf '%s' "$digest"
}

push() {
  docker push "$IMAGE:$1" | tee >(cat >&2) | sed -nE 's/^.*digest: (sha256:[0-9a-f]{64}).*$/\1/p'
}

# ── what is left behind ─────────────────────────────────────────────────────────────────────────

write_results() {
  local commit=$1 tag=$2 digest=$3 container separator="" account=${REGISTRY%%.*}
  [[ $account =~ ^[0-9]{12}$ ]] || account="" # a registry that is not ECR
  printf 'export GIT_COMMIT=%q IMAGE_TAG=%q IMAGE_DIGEST=%q\n' "$commit" "$tag" "$digest" >image.env
  {
    printf '['
    for container in ${CONTAINER_NAMES:-app}; do
      [[ $container =~ ^[A-Za-z0-9_-]+$ ]] || fail "'$container' is no name of a container"
      printf '%s{"name":"%s","imageUri":"%s@%s"}' "$separator" "$container" "$IMAGE" "$digest"
      separator=","
    done
    printf ']\n'
  } >imagedefinitions.json
  printf '{"ImageURI":"%s@%s","ImageDigest":"%s","ImageTags":["%s"],"RepositoryName":"%s","RegistryId":"%s","Version":"1.0"}\n' \
    "$IMAGE" "$digest" "$digest" "$tag" "$REPOSITORY" "$account" >imageDetail.json
}

main "$@"
