<?php
// seed.php SITE TRUTH: fill a fresh install with POSTS bulk posts and the special cases, write the ground truth.
// Same SEED, POSTS and WordPress give the same content, ids and dates.
[ , $site, $truth_file ] = $argv;
$site = realpath( $site );
require "$site/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/taxonomy.php';
require __DIR__ . '/text.php';
require __DIR__ . '/truth.php';
wp_set_current_user( 1 );                    // otherwise kses strips scripts and iframes
wp_defer_term_counting( true );
mt_srand( (int) getenv( 'SEED' ) );
$N  = max( 20, (int) getenv( 'POSTS' ) );
$db = new mysqli( 'localhost', 'root', '', 'wordpress' );
$db->set_charset( 'utf8mb4' );
$db->query( "SET sql_mode=''" );

// --- helpers ---------------------------------------------------------------------------------
function one( $sql ) { global $db; return $db->query( $sql )->fetch_row()[0] ?? null; }

// Rows are buffered per table and written about 2 MB at a time.
function insert( $table, array $row ) {
    global $db, $buffer;
    $buffer[ $table ]['cols'] = implode( ',', array_keys( $row ) );
    $values = '(' . implode( ',', array_map( fn( $v ) => is_int( $v ) ? $v : "'" . $db->real_escape_string( $v ) . "'", $row ) ) . ')';
    $buffer[ $table ]['rows'][] = $values;
    $buffer[ $table ]['size'] = ( $buffer[ $table ]['size'] ?? 0 ) + strlen( $values );
    if ( $buffer[ $table ]['size'] > 2e6 ) { flush_rows( $table ); }
}
function flush_rows( $only = null ) {
    global $db, $buffer;
    foreach ( $only ? array( $only ) : array_keys( $buffer ) as $table ) {
        if ( empty( $buffer[ $table ]['rows'] ) ) { continue; }
        $db->query( "INSERT INTO wp_$table ({$buffer[$table]['cols']}) VALUES " . implode( ',', $buffer[ $table ]['rows'] ) );
        $buffer[ $table ]['rows'] = array();
        $buffer[ $table ]['size'] = 0;
    }
}

// --- users, terms ----------------------------------------------------------------------------
$authors = array( 1 );
foreach ( array( 'Ada Byron', 'José Ñandú', 'Zoë O\'Neill', 'محمد علي', '李小龍', 'Max Mustermann', 'Jane Q. Public', 'Søren Ågård', 'Ivan Ivanov', 'Guest &amp; Co', 'silent subscriber' ) as $i => $name ) {
    $id = wp_insert_user( array(
        'user_login' => "author$i", 'user_pass' => "pw$i", 'user_email' => "author$i@example.com", 'display_name' => $name,
        'description' => 5 > $i ? sentences( 'en', 2 ) : '', 'user_url' => $i % 2 ? "https://example.org/~a$i" : '', 'role' => 10 === $i ? 'subscriber' : 'author',
        'user_registered' => '2013-05-01 10:00:00',
    ) );
    if ( 10 > $i ) { $authors[] = $id; }      // the subscriber writes nothing: not visible in REST
}
$cats = array( 1 );
foreach ( array( 'News', 'Culture &amp; Arts', 'Science', 'Sport', 'Économie', '日本語', 'Politics', 'Food' ) as $top ) {
    $a = wp_insert_term( $top, 'category', array( 'description' => phrase( 'en', 6 ) ) )['term_id'];
    array_push( $cats, $a, $a );
    for ( $i = 1; $i <= 4; $i++ ) {
        $b = wp_insert_term( "$top $i", 'category', array( 'parent' => $a ) )['term_id'];
        $cats[] = $b;
        if ( 1 === $i ) { $cats[] = wp_insert_term( "$top deep", 'category', array( 'parent' => $b ) )['term_id']; }
    }
}
wp_insert_term( 'Never used', 'category' );
$genres = array();
foreach ( array( 'Fiction', 'History', 'Poetry' ) as $g ) {
    $genres[] = $a = wp_insert_term( $g, 'genre' )['term_id'];
    $genres[] = wp_insert_term( "$g for children", 'genre', array( 'parent' => $a ) )['term_id'];
}
$tags = array();
$term = 1 + (int) one( 'SELECT MAX(term_id) FROM wp_terms' );
$tt   = 1 + (int) one( 'SELECT MAX(term_taxonomy_id) FROM wp_term_taxonomy' );
for ( $i = max( 150, min( 5000, intdiv( $N, 10 ) ) ); $i > 0; $i--, $term++, $tt++ ) {
    $name = chance( 10 ) ? phrase( pick( array( 'de', 'ar', 'zh', 'he' ) ), 2 ) : phrase( 'en', mt_rand( 1, 2 ) );
    insert( 'terms', array( 'term_id' => $term, 'name' => $name, 'slug' => slug( $name, $term ), 'term_group' => 0 ) );
    insert( 'term_taxonomy', array( 'term_taxonomy_id' => $tt, 'term_id' => $term, 'taxonomy' => 'post_tag', 'description' => '', 'parent' => 0, 'count' => 0 ) );
    $tags[] = $tt;
}
flush_rows();
$cat_tt = array();
foreach ( $cats as $c ) { $cat_tt[] = (int) one( "SELECT term_taxonomy_id FROM wp_term_taxonomy WHERE taxonomy='category' AND term_id=$c" ); }

// --- bulk posts, media, comments -------------------------------------------------------------
$id    = 100;
$media = array();
for ( $i = max( 120, min( 5000, intdiv( $N, 8 ) ) ); $i > 0; $i-- ) {
    $id += chance( 10 ) ? 2 : 1;
    $x   = mt_rand( 1, 100 );
    $ext = $x <= 80 ? 'jpg' : ( $x <= 90 ? 'png' : ( $x <= 94 ? 'webp' : ( $x <= 97 ? 'pdf' : 'mp3' ) ) );
    $media[] = array( 'id' => $id, 'file' => sprintf( '%d/%02d/%s-%d.%s', mt_rand( 2014, 2024 ), mt_rand( 1, 12 ), slug( phrase( 'en', 2 ), $id ), $id, $ext ), 'ext' => $ext );
}
$zone = wp_timezone();
function post_row( $id, $gmt, $modified_gmt, array $more ) {
    global $zone;
    $local = fn( $t ) => ( new DateTime( "@$t" ) )->setTimezone( $zone )->format( 'Y-m-d H:i:s' );
    return array_merge( array(
        'ID' => $id, 'post_author' => 1, 'post_date' => $local( $gmt ), 'post_date_gmt' => gmdate( 'Y-m-d H:i:s', $gmt ),
        'post_content' => '', 'post_title' => '', 'post_excerpt' => '', 'post_status' => 'publish', 'comment_status' => 'open', 'ping_status' => 'closed',
        'post_password' => '', 'post_name' => '', 'to_ping' => '', 'pinged' => '', 'post_modified' => $local( $modified_gmt ), 'post_modified_gmt' => gmdate( 'Y-m-d H:i:s', $modified_gmt ),
        'post_content_filtered' => '', 'post_parent' => 0, 'guid' => home_url( "/?p=$id" ), 'menu_order' => 0, 'post_type' => 'post', 'post_mime_type' => '', 'comment_count' => 0,
    ), $more );
}
function meta( $id, $key, $value ) { insert( 'postmeta', array( 'post_id' => $id, 'meta_key' => $key, 'meta_value' => maybe_serialize( $value ) ) ); }

$truth = array( 'exact_duplicates' => array(), 'near_duplicates' => array(), 'same_date' => array(), 'same_modified' => array() );
$start = gmmktime( 8, 0, 0, 1, 2, 2014 );
$step  = ( gmmktime( 8, 0, 0, 12, 31, 2024 ) - $start ) / $N;
$group = min( 120, intdiv( $N, 10 ) );       // more than the largest page: 100
$recent = array();
$comment_id = 10;
$post_ids = array();
for ( $i = 0; $i < $N; $i++ ) {
    $id += chance( 20 ) ? mt_rand( 2, 4 ) : 1;     // gaps, as revisions and deletions leave them
    $post_ids[] = $id;
    $gmt      = (int) ( $start + $i * $step + mt_rand( 0, (int) $step ) );
    if ( chance( 5 ) ) { $gmt = mt_rand( $start, (int) ( $start + $i * $step ) ); }   // backdated: id order is not date order
    $modified = chance( 40 ) ? min( $gmt + mt_rand( 60, 90 * 86400 ), 1735700000 ) : $gmt;
    if ( $i >= 3 * $group && $i < 4 * $group ) { $gmt = $modified = (int) ( $start + 3 * $group * $step ); $truth['same_date'][] = $id; }      // as an import leaves it
    if ( $i >= 6 * $group && $i < 8 * $group ) { $modified = 1735711200; $truth['same_modified'][] = $id; }   // as a bulk edit leaves it

    $x     = mt_rand( 1, 100 );
    $lang  = $x <= 86 ? 'en' : ( $x <= 91 ? 'de' : ( $x <= 94 ? 'ar' : ( $x <= 96 ? 'he' : 'zh' ) ) );
    $kind  = '';
    if ( $i > 20 && chance( 5 ) ) {
        $of   = pick( $recent );
        $lang = $of['lang'];
        $name = $of['title'];
        $text = $of['text'];
        $kind = pick( array( 'exact', 'exact', 'edit', 'prefix', 'markup' ) );
        if ( 'edit' === $kind ) {          // about one word in forty differs
            $name .= ' (updated)';
            $text  = preg_replace_callback( '/(?<=[ ])\p{L}{4,}(?=[ .])(?![^<]*>)/u', fn( $m ) => chance( 2.5 ) ? phrase( $lang, 1 ) : $m[0], $text );
        } elseif ( 'prefix' === $kind ) {  // a sentence before and after
            $text = '<p>' . sentence( $lang ) . "</p>\n\n$text\n\n<p>" . sentence( $lang ) . '</p>';
        } elseif ( 'markup' === $kind ) {  // same words, other HTML
            $text = '<div class="entry">' . str_replace( array( '<p>', '<strong>', '</strong>' ), array( "<p class=\"has-text\">\n", '<b>', '</b>' ), preg_replace( '/<!-- .*? -->\n?/', '', $text ) ) . '</div>';
        }
        if ( $text === $of['text'] ) { $kind = 'exact'; $name = $of['title']; }
        if ( 'exact' === $kind ) { $truth['exact_duplicates'][] = array( $of['id'], $id ); }
        else { $truth['near_duplicates'][] = array( $of['id'], $id, $kind ); }
    } else {
        $name = title( $lang );
        $text = body( $lang, $name, chance( 30 ) );
        $recent[ $i % 400 ] = array( 'id' => $id, 'lang' => $lang, 'title' => $name, 'text' => $text );
        if ( count( $recent ) < 400 ) { $recent = array_values( $recent ); }
    }
    $comments = 0;
    for ( $k = chance( 25 ) ? mt_rand( 1, 6 ) : 0, $parent = 0; $k > 0; $k-- ) {
        $x    = mt_rand( 1, 100 );
        $ok   = $x <= 88 ? '1' : ( $x <= 95 ? '0' : 'spam' );
        $user = chance( 15 ) ? pick( $authors ) : 0;
        insert( 'comments', array(
            'comment_ID' => ++$comment_id, 'comment_post_ID' => $id, 'comment_author' => phrase( 'en', 2 ), 'comment_author_email' => "c$comment_id@example.net",
            'comment_author_url' => '', 'comment_author_IP' => '127.0.0.1', 'comment_date' => gmdate( 'Y-m-d H:i:s', $gmt + 7200 + 600 * $k ), 'comment_date_gmt' => gmdate( 'Y-m-d H:i:s', $gmt + 3600 + 600 * $k ),
            'comment_content' => sentences( $lang, mt_rand( 1, 3 ) ), 'comment_karma' => 0, 'comment_approved' => $ok, 'comment_agent' => '', 'comment_type' => 'comment',
            'comment_parent' => $parent && chance( 40 ) ? $parent : 0, 'user_id' => $user,
        ) );
        if ( '1' === $ok ) { $comments++; $parent = $comment_id; }
    }
    insert( 'posts', post_row( $id, $gmt, $modified, array(
        'post_author' => (int) pick( $authors ), 'post_content' => $text, 'post_title' => $name, 'post_name' => slug( $name, $id ),
        'post_excerpt' => chance( 20 ) ? sentence( $lang, false ) : '', 'comment_status' => chance( 10 ) ? 'closed' : 'open', 'comment_count' => $comments,
    ) ) );
    if ( chance( 40 ) ) { meta( $id, '_thumbnail_id', (string) pick( $media )['id'] ); }
    $mine = array( pick( $cat_tt ) );
    if ( chance( 30 ) ) { $mine[] = pick( $cat_tt ); }
    for ( $k = mt_rand( 0, 6 ); $k > 0; $k-- ) { $mine[] = $tags[ (int) ( count( $tags ) * ( mt_rand( 0, 9999 ) / 10000 ) ** 2 ) ]; }
    foreach ( array_unique( $mine ) as $t ) { insert( 'term_relationships', array( 'object_id' => $id, 'term_taxonomy_id' => $t, 'term_order' => 0 ) ); }
}
foreach ( $media as $i => $m ) {
    $mime = array( 'jpg' => 'image/jpeg', 'png' => 'image/png', 'webp' => 'image/webp', 'pdf' => 'application/pdf', 'mp3' => 'audio/mpeg' )[ $m['ext'] ];
    $gmt  = gmmktime( 12, $i % 60, 0, (int) substr( $m['file'], 5, 2 ), 1 + $i % 28, (int) substr( $m['file'], 0, 4 ) );
    $name = basename( $m['file'], '.' . $m['ext'] );
    insert( 'posts', post_row( $m['id'], $gmt, $gmt, array(
        'post_author' => (int) pick( $authors ), 'post_title' => $name, 'post_name' => $name, 'post_status' => 'inherit', 'post_type' => 'attachment', 'post_mime_type' => $mime,
        'post_excerpt' => chance( 40 ) ? phrase( 'en', 6 ) : '', 'post_parent' => chance( 60 ) ? pick( $post_ids ) : 0, 'guid' => home_url( "/wp-content/uploads/{$m['file']}" ),
    ) ) );
    meta( $m['id'], '_wp_attached_file', $m['file'] );
    if ( 'mp3' === $m['ext'] ) {
        meta( $m['id'], '_wp_attachment_metadata', array( 'dataformat' => 'mp3', 'bitrate' => 128000, 'length' => 215, 'length_formatted' => '3:35', 'filesize' => 3440000 ) );
    } elseif ( 'pdf' !== $m['ext'] ) {
        meta( $m['id'], '_wp_attachment_image_alt', chance( 70 ) ? phrase( 'en', 4 ) : '' );
        $sizes = array();
        foreach ( array( 'thumbnail' => array( 150, 150 ), 'medium' => array( 300, 200 ), 'medium_large' => array( 768, 512 ), 'large' => array( 1024, 683 ) ) as $size => list( $w, $h ) ) {
            if ( chance( 90 ) ) { $sizes[ $size ] = array( 'file' => "$name-{$w}x$h.{$m['ext']}", 'width' => $w, 'height' => $h, 'mime-type' => $mime, 'filesize' => $w * 90 ); }
        }
        meta( $m['id'], '_wp_attachment_metadata', array( 'width' => 1200, 'height' => 800, 'file' => $m['file'], 'filesize' => 180000, 'sizes' => $sizes, 'image_meta' => array( 'aperture' => '0', 'credit' => '', 'camera' => '', 'caption' => '', 'created_timestamp' => '0', 'copyright' => '', 'focal_length' => '0', 'iso' => '0', 'shutter_speed' => '0', 'title' => '', 'orientation' => '0', 'keywords' => array() ) ) );
    }
}
flush_rows();

// --- pages, books, events and the special posts, through WordPress ------------------------------
function add( $title, $content, array $more = array() ) {
    $gmt = gmdate( 'Y-m-d H:i:s', $GLOBALS['clock'] += 3600 );
    $id  = wp_insert_post( wp_slash( $more + array( 'post_title' => $title, 'post_content' => $content, 'post_status' => 'publish', 'post_author' => 1, 'post_date_gmt' => $gmt, 'post_date' => get_date_from_gmt( $gmt ) ) ), true );
    if ( is_wp_error( $id ) ) { fwrite( STDERR, "seed: $title: " . $id->get_error_message() . "\n" ); exit( 1 ); }
    return $id;
}
$clock = gmmktime( 6, 0, 0, 1, 1, 2025 );
for ( $i = 0; $i < 12; $i++ ) {
    $a = add( 'Section ' . ( $i + 1 ), body( 'en', 'Section' ), array( 'post_type' => 'page', 'menu_order' => $i, 'comment_status' => 'closed' ) );
    for ( $j = 0; $j < 3; $j++ ) {
        $b = add( title( 'en' ), body( 'en', 'Page', true ), array( 'post_type' => 'page', 'post_parent' => $a ) );
        if ( 0 === $j ) { add( title( 'de' ), body( 'de', 'Seite' ), array( 'post_type' => 'page', 'post_parent' => $b, 'page_template' => '' ) ); }
    }
}
for ( $i = 0; $i < 150; $i++ ) {
    $b = add( title( 'en' ), body( 'en', 'Book', false, 2 ), array( 'post_type' => 'book', 'post_author' => pick( $authors ), 'post_excerpt' => sentence( 'en', false ), 'meta_input' => array( 'isbn' => '978-3-' . mt_rand( 1e8, 9e8 ) ) ) );
    wp_set_object_terms( $b, array( pick( $genres ) ), 'genre' );
}
for ( $i = 0; $i < 40; $i++ ) { add( title( 'en' ), body( 'en', 'Event', false, 2 ), array( 'post_type' => 'event' ) ); }
for ( $i = 0; $i < 3; $i++ ) { add( "Memo $i", 'Not in REST.', array( 'post_type' => 'memo' ) ); }

$s = array();
$s['private']        = add( 'A private post', 'Only for editors.', array( 'post_status' => 'private' ) );
$s['draft']          = add( 'A draft', 'Unfinished.', array( 'post_status' => 'draft' ) );
$s['pending']        = add( 'Pending review', 'Waiting.', array( 'post_status' => 'pending' ) );
$s['future']         = add( 'Scheduled', 'Later.', array( 'post_date_gmt' => '2099-01-01 00:00:00', 'post_date' => '2099-01-01 01:00:00' ) );
$s['trash']          = add( 'Thrown away', 'Gone.', array( 'post_status' => 'trash' ) );
$s['password']       = add( 'Behind a password', body( 'en', 'Behind a password', false, 3 ), array( 'post_password' => 'secret' ) );
$s['empty_title']    = add( '', body( 'en', '', false, 3 ) );
$s['empty_body']     = add( 'Nothing below', '' );
$s['only_excerpt']   = add( '', '', array( 'post_excerpt' => 'Neither title nor body.' ) );
$s['blank_body']     = add( 'Only blanks', "<p>&nbsp;</p>\n<p>\u{00a0}\u{200b}\u{feff}</p>" );
$s['huge']           = add( 'Two megabytes', ( function () { $t = ''; while ( strlen( $t ) < 2 * 1024 * 1024 ) { $t .= "<!-- wp:paragraph -->\n<p>" . sentences( 'en', 8, false ) . "</p>\n<!-- /wp:paragraph -->\n\n"; } return $t; } )() );
$s['html_title']     = add( 'A <em>marked up</em> title &amp; "quotes" &lt;b&gt; – 5 > 3 < 4 &#x1F600;', '<p>Body.</p>' );
$s['long_title']     = add( rtrim( str_repeat( 'Very long title ', 40 ) ), '<p>Body.</p>' );
$s['unicode_slug']   = add( 'Ünïcödé 標題 עברית 🎉', '<p>Percent-encoded slug.</p>', array( 'post_name' => '標題-🎉-ünï' ) );
$s['broken_html']    = add( 'Broken HTML', '<div><p>Unclosed <b>bold <i>crossed</b> over</i><p>Second<ul><li>one<li>two</ul></span></div></div><table><tr><td>cell<p>in cell</table> AT&T &bogus; &copy 5 < 6 <unknown-tag attr>kept</unknown-tag> <a href="javascript:alert(1)">js</a> <img src=x onerror=alert(1)> <!-- unclosed comment' );
$s['deep_html']      = add( 'Deeply nested', str_repeat( '<div>', 600 ) . 'bottom' . str_repeat( '</div>', 600 ) );
$s['more_tags']      = add( 'More and next page', "<p>First.</p>\n<!--more-->\n<p>After more.</p>\n<!--nextpage-->\n<p>Second page.</p>" );
$s['shortcodes']     = add( 'Shortcodes', "[gallery ids=\"{$media[0]['id']},{$media[1]['id']}\"]\n\n[su_button url=\"#\"]Unknown shortcode[/su_button]\n\n[caption id=\"a\" align=\"left\" width=\"300\"]<img src=\"/x.jpg\" alt=\"\" /> Caption text[/caption]\n\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ\n\nLast." );
$s['odd_characters'] = add( "Odd characters \u{202e}reversed\u{202c}", "<p>Zero\u{200b}width, soft\u{00ad}hyphen, nbsp\u{00a0}here, combining e\u{0301}, ZWJ 👩‍👩‍👧‍👦, tab\there, vertical\x0btab, line\u{2028}separator, private \u{e000}, astral 𝒳 𠀀, &#0; &#128512; &#xD83D; &nbsp;&ensp;.</p>" );
$s['base64_image']   = add( 'Inline image', '<p>Before</p><img alt="inline" src="data:image/png;base64,' . base64_encode( str_repeat( "\x89PNG", 40000 ) ) . '"/><p>After</p>' );
$s['script_only']    = add( 'Only a script', '<script>document.write("nothing");</script><style>p{}</style>' );
$s['relative_links'] = add( 'Relative links', '<p><a href="/about/">root</a> <a href="../up">up</a> <a href="?p=1">query</a> <a href="#x">fragment</a> <a href="//example.org/x">scheme</a> <a href="mailto:a@example.org">mail</a> <img src="/wp-content/uploads/rel.jpg" alt="rel"></p>' );
$s['old']            = add( 'From 1969', '<p>Before the epoch.</p>', array( 'post_date' => '1969-07-20 21:17:40', 'post_date_gmt' => '1969-07-20 20:17:40' ) );
$s['orphan_author']  = add( 'Its author is gone', '<p>Author 99999.</p>' );
$db->query( "UPDATE wp_posts SET post_author=99999 WHERE ID={$s['orphan_author']}" );
$s['missing_media']  = add( 'Its image is gone', '<p>featured_media 99999999.</p>', array( 'meta_input' => array( '_thumbnail_id' => 99999999 ) ) );
$s['revised']        = add( 'Revised', '<p>Version 1.</p>' );
for ( $i = 2; $i <= 5; $i++ ) { wp_update_post( array( 'ID' => $s['revised'], 'post_content' => "<p>Version $i.</p>" ) ); }
$s['sticky']         = array( $post_ids[5], $post_ids[ intdiv( $N, 2 ) ], add( 'Sticky and new', '<p>Pinned.</p>' ) );
update_option( 'sticky_posts', $s['sticky'] );
$s['attachment_of_draft'] = $media[0]['id'];      // a page of /media comes back one item short
$db->query( "UPDATE wp_posts SET post_parent={$s['draft']} WHERE ID={$s['attachment_of_draft']}" );
foreach ( array( 'private', 'draft', 'password', 'revised' ) as $k ) {
    $s["comment_on_$k"] = wp_insert_comment( array( 'comment_post_ID' => $s[ $k ], 'comment_content' => "On the $k post.", 'comment_author' => 'Visitor', 'comment_approved' => 1, 'comment_date' => '2025-03-01 12:00:00', 'comment_date_gmt' => '2025-03-01 11:00:00' ) );
}
$thread = 0;
for ( $i = 1; $i <= 12; $i++ ) {
    $thread = wp_insert_comment( array( 'comment_post_ID' => $s['revised'], 'comment_parent' => $thread, 'comment_content' => "Reply at depth $i 👍", 'comment_author' => "Visitor $i", 'comment_approved' => 1, 'comment_date' => "2025-03-02 12:00:$i", 'comment_date_gmt' => "2025-03-02 11:00:$i" ) );
}
// wp_insert_post stamps "now" on what it touches: make it deterministic again
$db->query( "UPDATE wp_posts SET post_modified=post_date, post_modified_gmt=post_date_gmt WHERE post_modified_gmt > '2025-06-01' AND post_status NOT IN ('draft','pending','auto-draft') AND post_date_gmt < '2025-06-01'" );
$db->query( "UPDATE wp_posts SET post_date='2013-12-01 10:00:00', post_date_gmt='2013-12-01 09:00:00', post_modified='2013-12-01 10:00:00', post_modified_gmt='2013-12-01 09:00:00' WHERE ID IN (1,2)" );
$db->query( "UPDATE wp_posts SET post_modified='2025-03-05 13:00:00', post_modified_gmt='2025-03-05 12:00:00' WHERE ID={$s['revised']}" );
$db->query( "UPDATE wp_term_taxonomy tt SET count=(SELECT COUNT(*) FROM wp_term_relationships r JOIN wp_posts p ON p.ID=r.object_id WHERE r.term_taxonomy_id=tt.term_taxonomy_id AND p.post_status='publish')" );
$db->query( "DELETE FROM wp_postmeta WHERE meta_key IN ('_pingme','_encloseme')" );
update_option( 'cron', array( 'version' => 2 ) );
foreach ( array( 'posts', 'postmeta', 'comments', 'terms', 'term_taxonomy', 'term_relationships' ) as $t ) { $db->query( "ANALYZE TABLE wp_$t" ); }
wp_cache_flush();

// --- ground truth ----------------------------------------------------------------------------
$ids = public_ids( $db );
$truth = array(
    'wordpress' => get_bloginfo( 'version' ), 'posts_requested' => $N, 'seed' => (int) getenv( 'SEED' ),
    'collections' => array_map( 'count', $ids ),         // what a visitor can list
    'total_header' => total_headers( $db ),              // X-WP-Total where that counts more
    'special' => $s,
    'same_date' => array( 'date_gmt' => str_replace( ' ', 'T', one( 'SELECT post_date_gmt FROM wp_posts WHERE ID=' . $truth['same_date'][0] ) ), 'ids' => $truth['same_date'] ),
    'same_modified' => array( 'modified_gmt' => str_replace( ' ', 'T', one( 'SELECT post_modified_gmt FROM wp_posts WHERE ID=' . $truth['same_modified'][0] ) ), 'ids' => $truth['same_modified'] ),
    'exact_duplicates' => $truth['exact_duplicates'],   // [earlier id, later id]: same title and body
    'near_duplicates'  => $truth['near_duplicates'],    // [earlier id, later id, edit|prefix|markup]
    'ids' => $ids,                                       // collection => every id a visitor can list
);
file_put_contents( "$truth_file.new", json_encode( $truth, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES ) . "\n" );
rename( "$truth_file.new", $truth_file );
