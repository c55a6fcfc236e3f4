<?php
// truth.php: what a visitor can list, asked of the database alone, never of WordPress's own code.
// As a program, truth.php SOCKET prints it as it is now; seed.php writes it into truth.json.

const REST_TYPES = "('post','page','book','event')";     // public types of the testbed that are in REST

function column( mysqli $db, $sql ) {
    return array_map( 'intval', array_column( $db->query( $sql )->fetch_all(), 0 ) );
}

// collection => the ids a visitor can list, ascending
function public_ids( mysqli $db ) {
    $published = fn( $type ) => column( $db, "SELECT ID FROM wp_posts WHERE post_type='$type' AND post_status='publish' ORDER BY ID" );
    $terms     = fn( $taxonomy ) => column( $db, "SELECT term_id FROM wp_term_taxonomy WHERE taxonomy='$taxonomy' ORDER BY term_id" );
    return array(
        'wp/v2/posts'       => $published( 'post' ),     // with a password too: listed, its body empty
        'wp/v2/pages'       => $published( 'page' ),
        'wp/v2/library'     => $published( 'book' ),
        'testbed/v1/events' => $published( 'event' ),
        'wp/v2/media'       => column( $db, "SELECT a.ID FROM wp_posts a LEFT JOIN wp_posts p ON p.ID=a.post_parent
            WHERE a.post_type='attachment' AND a.post_status='inherit'
              AND (p.ID IS NULL OR p.post_status='publish' AND p.post_type IN " . REST_TYPES . ') ORDER BY a.ID' ),
        'wp/v2/comments'    => column( $db, "SELECT c.comment_ID FROM wp_comments c JOIN wp_posts p ON p.ID=c.comment_post_ID
            WHERE c.comment_approved='1' AND c.comment_type='comment'
              AND p.post_status='publish' AND p.post_password='' AND p.post_type IN " . REST_TYPES . ' ORDER BY c.comment_ID' ),
        'wp/v2/categories'  => $terms( 'category' ),
        'wp/v2/tags'        => $terms( 'post_tag' ),
        'wp/v2/genres'      => $terms( 'genre' ),
        'wp/v2/users'       => column( $db, "SELECT DISTINCT u.ID FROM wp_users u JOIN wp_posts p ON p.post_author=u.ID
            WHERE p.post_status='publish' AND p.post_type IN " . REST_TYPES . ' ORDER BY u.ID' ),
    );
}

// collection => X-WP-Total, where that counts what nobody can list
function total_headers( mysqli $db ) {
    return array(
        'wp/v2/media'    => column( $db, "SELECT COUNT(*) FROM wp_posts WHERE post_type='attachment' AND post_status='inherit'" )[0],
        'wp/v2/comments' => column( $db, "SELECT COUNT(*) FROM wp_comments WHERE comment_approved='1' AND comment_type='comment'" )[0],
    );
}

if ( realpath( $_SERVER['SCRIPT_FILENAME'] ) === __FILE__ ) {
    $db = new mysqli( 'localhost', 'root', '', 'wordpress', 0, $argv[1] );
    echo json_encode( array( 'ids' => public_ids( $db ), 'total_header' => total_headers( $db ) ) ), "\n";
}
