<?php
// editor.php SITE: an editor at work. Reads one JSON command a line, answers one JSON line.
//   {"call": "wp_insert_post", "args": [...]}  -> {"value": what WordPress's function returned}
//   {"sql": "SELECT ..."}                      -> {"value": rows as lists, or how many rows changed}
// What goes wrong comes back as {"error": "..."}.
require realpath( $argv[1] ) . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/user.php';
wp_set_current_user( 1 );                    // otherwise kses rewrites bodies
$db = $wpdb->dbh;
$db->query( "SET sql_mode=''" );

function rows( $result ) {
    global $db;
    if ( true === $result ) { return $db->affected_rows; }
    $numbers = array( MYSQLI_TYPE_TINY, MYSQLI_TYPE_SHORT, MYSQLI_TYPE_LONG, MYSQLI_TYPE_INT24, MYSQLI_TYPE_LONGLONG );
    $integer = array_map( fn( $field ) => in_array( $field->type, $numbers, true ), $result->fetch_fields() );
    $typed   = fn( $row ) => array_map( fn( $v, $int ) => $int && null !== $v ? (int) $v : $v, $row, $integer );
    return array_map( $typed, $result->fetch_all() );
}

while ( false !== ( $line = fgets( STDIN ) ) ) {
    $command = json_decode( $line, true );
    wp_cache_flush();                        // others write to the database too
    try {
        $value = isset( $command['sql'] )
            ? rows( $db->query( $command['sql'] ) ?: throw new RuntimeException( $db->error ) )
            : ( $command['call'] )( ...$command['args'] );
        $answer = is_wp_error( $value ) ? array( 'error' => $value->get_error_message() ) : array( 'value' => $value );
    } catch ( Throwable $error ) {
        $answer = array( 'error' => $error->getMessage() );
    }
    echo json_encode( $answer, JSON_THROW_ON_ERROR ), "\n";
}
