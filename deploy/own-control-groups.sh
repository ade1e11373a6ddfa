# SPDX-License-Identifier: Apache-2.0
# Read by the worker's container before the worker starts. An engine shows a container its control groups, but to read only; the worker
# makes one for each sandbox, below its own. Where this is refused nothing is lost: the worker's log says what it does without them.
while read -r _ place type _; do
  case $type in
    cgroup | cgroup2) mount -o remount,bind,rw "$place" 2>/dev/null ;;
  esac
done < /proc/self/mounts
# In the unified hierarchy a group that has processes has no limited groups below it: the worker moves down, into a group beside theirs.
if [ -w /sys/fs/cgroup/cgroup.procs ]; then
  mkdir -p /sys/fs/cgroup/worker && echo $$ > /sys/fs/cgroup/worker/cgroup.procs
fi
