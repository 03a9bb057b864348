#!/bin/sh
# The lab's init: the host's files below, everything written kept in RAM, a Raspberry Pi's GPIO chip
# simulated, then the job the host left in /run/lab/job. Runs as process 1 and never returns.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

if [ "${1:-}" != inside ]; then
    mount -n -t tmpfs tmpfs /mnt
    mkdir /mnt/upper /mnt/work /mnt/root
    mount -n -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
    exec chroot /mnt/root "$0" inside
fi

mount -n -t proc proc /proc
mount -n -t sysfs sys /sys
mount -n -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -n -t devpts pts /dev/pts
for place in /dev/shm /run; do
    mount -n -t tmpfs -o mode=1777 tmpfs "$place"
done
mount -n -t configfs config /sys/kernel/config
mkdir -p /run/lab /run/lock /mnt/data
mount -n -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=none,access=any lab /run/lab

finish() {  # finish <exit code>: tell the host and switch the machine off
    echo "$1" >/run/lab/code.part
    mv /run/lab/code.part /run/lab/code
    sync
    echo o >/proc/sysrq-trigger 2>/dev/null
    exec "$LAB_PYTHON" -c 'import ctypes; ctypes.CDLL(None).reboot(0x01234567)'
}

. /run/lab/environment
ifconfig lo 127.0.0.1 up 2>/dev/null || ip link set lo up 2>/dev/null || "$LAB_PYTHON" "$LAB_HOME/guest/loopback.py"

# What gpiozero looks for on a Raspberry Pi 4: a revision code, and the pin controller's label.
cp /proc/cpuinfo /run/cpuinfo
printf 'Revision\t: c03114\nModel\t\t: Raspberry Pi 4 Model B (simulated)\n' >>/run/cpuinfo
mount -n --bind /run/cpuinfo /proc/cpuinfo
pi=/sys/kernel/config/gpio-sim/pi
mkdir -p "$pi/bank0"
echo 54 >"$pi/bank0/num_lines"
echo pinctrl-bcm2711 >"$pi/bank0/label"
echo 1 >"$pi/live"
# The edges of the lab's pulses come from a real-time process that a limit for such processes would stop.
echo -1 >/proc/sys/kernel/sched_rt_runtime_us

if [ -b /dev/vda ]; then
    # Through the device mapper, so that its I/O can be held up.
    sectors=$(cat /sys/block/vda/size)
    dmsetup --noudevsync create data --table "0 $((sectors - ${LAB_RESERVED:-0})) linear /dev/vda 0" || finish 125
    mount -n -t ext4 /dev/dm-0 /mnt/data || finish 125
fi
cd "$LAB_CWD" || finish 125
setsid sh /run/lab/job </dev/null >/run/lab/stdout 2>/run/lab/stderr
finish $?
