# Outlives the owner of a throw-away cluster and clears up after it, however it ended: the owner holds
# the other end of standard input, and the kernel closes that for it, even after `kill -9`.
# $1 is the cluster's directory.
trap '' INT HUP TERM
if read -r _; then exit 0; fi # a word was said: the cluster is to be kept

status=$1/data/postmaster.pid
pid=$(head -n 1 "$status" 2>/dev/null)
pid=${pid#-} # negative while initdb's single-user server runs
if [ -n "$pid" ]; then
    kill -QUIT "$pid" 2>/dev/null # immediate shutdown: there is nothing to save
    tries=0
    # The server removes the file as its last deed; its process may linger as a zombie that nobody reaps.
    while [ -e "$status" ] && kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 200 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    [ -e "$status" ] && kill -KILL "$pid" 2>/dev/null
fi
exec rm -rf "$1"
