<?php
// install.php SITE [anew]: create the database and install WordPress; harmless when it is installed already.
// anew: drop what is there first, as a seed that was killed half way left it.
$site = realpath( $argv[1] );
$db   = new mysqli( 'localhost', 'root', '' );
if ( 'anew' === ( $argv[2] ?? '' ) ) { $db->query( 'DROP DATABASE IF EXISTS wordpress' ); }
$db->query( 'CREATE DATABASE IF NOT EXISTS wordpress CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci' );
$installed = (bool) $db->query( "SHOW TABLES FROM wordpress LIKE 'wp_options'" )->num_rows;
$db->close();

if ( ! $installed ) { define( 'WP_INSTALLING', true ); }
function wp_new_blog_notification() {}   // pluggable: no mail
require "$site/wp-load.php";
require ABSPATH . 'wp-admin/includes/upgrade.php';
if ( ! $installed ) {
    wp_install( 'Testbed Gazette', 'admin', 'admin@example.com', true, '', 'testbed' );
    update_option( 'timezone_string', 'Europe/Berlin' );   // so that date and date_gmt differ
    update_option( 'blogdescription', 'A real WordPress with made-up news' );
}
if ( get_option( 'permalink_structure' ) !== getenv( 'WPT_PERMALINKS' ) || ! $installed ) {
    global $wp_rewrite;
    $wp_rewrite->set_permalink_structure( (string) getenv( 'WPT_PERMALINKS' ) );
    flush_rewrite_rules( false );
}
