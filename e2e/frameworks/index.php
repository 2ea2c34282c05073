<?php
// The application that the plain PHP recipe is put in front of.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$method = $_SERVER['REQUEST_METHOD'];
if ($path === '/own') {
    header('Access-Control-Allow-Origin: https://own.example');
    header('Access-Control-Allow-Credentials: true');
    header('Vary: Accept-Encoding', false);
} elseif ($path === '/private' && !isset($_SERVER['HTTP_AUTHORIZATION'])) {
    http_response_code(401);
} elseif ($path === '/405') {
    http_response_code(405);
} elseif ($path === '/500') {
    throw new Exception('as it should');
} elseif ($path !== '/items' && $path !== '/private') {
    http_response_code(404);
} elseif ($method === 'OPTIONS') {
    header('X-Plain: yes');
} else {
    header('X-Total: 3');
    header('X-Own: 4');
    echo '[]';
}
