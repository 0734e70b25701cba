# perl delay.pl DEVICE MILLISECONDS: makes a TUN device, and gives every packet that is routed into it back after a while.
# Ends when the device is removed; the device goes when this ends. Returns once the device is there and works on unseen.
use strict;
use warnings;
use Errno qw(EAGAIN EINTR);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use POSIX qw(setsid);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

# linux/if_tun.h
use constant { TUNSETIFF => 0x400454ca, IFF_TUN => 0x0001, IFF_NO_PI => 0x1000 };
use constant LONGEST_PACKET => 65536;

my ( $device, $milliseconds ) = @ARGV;
open my $tun, '+<:raw', '/dev/net/tun' or die "/dev/net/tun: $!\n";
ioctl $tun, TUNSETIFF, pack( 'a16 S x22', $device, IFF_TUN | IFF_NO_PI ) or die "$device: $!\n";
fcntl $tun, F_SETFL, fcntl( $tun, F_GETFL, 0 ) | O_NONBLOCK or die "$device: $!\n";

defined( my $child = fork ) or die "fork: $!\n";
exit if $child;
setsid;
open STDIN,  '<', '/dev/null' or exit 1;
open STDOUT, '>', '/dev/null' or exit 1;
open STDERR, '>', '/dev/null' or exit 1;

my @held;    # [when it is due, packet], the earliest first
while (1) {
    my $now = clock_gettime(CLOCK_MONOTONIC);
    while ( @held && $held[0][0] <= $now ) { syswrite $tun, ( shift @held )->[1] }
    vec( my $readable = '', fileno $tun, 1 ) = 1;
    next if select( $readable, undef, undef, @held ? $held[0][0] - $now : undef ) < 1;
    my $length;
    while ( $length = sysread $tun, my $packet, LONGEST_PACKET ) {
        push @held, [ clock_gettime(CLOCK_MONOTONIC) + $milliseconds / 1000, $packet ];
        last if $held[0][0] <= clock_gettime(CLOCK_MONOTONIC);
    }
    exit if defined $length ? $length == 0 : !$!{EAGAIN} && !$!{EINTR};
}
