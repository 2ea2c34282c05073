# The application that the Rails recipe, an initializer, is pasted into.
require "logger"
require "action_controller/railtie"
require "rack/cors"

class App < Rails::Application
  config.eager_load = false
  config.consider_all_requests_local = false
  config.secret_key_base = "of a test"
  config.logger = Logger.new(IO::NULL)
  config.hosts.clear
  initializer("cors", before: :build_middleware_stack) { load File.join(__dir__, "cors.rb") }
end

class ItemsController < ActionController::API
  before_action { head :unauthorized if request.path == "/private" && !request.authorization }

  def index
    if request.options?
      response.set_header("X-Plain", "yes")
    else
      response.set_header("X-Total", "3")
      response.set_header("X-Own", "4")
    end
    render json: []
  end

  def own
    response.set_header("Access-Control-Allow-Origin", "https://own.example")
    response.set_header("Access-Control-Allow-Credentials", "true")
    response.set_header("Vary", "Accept-Encoding")
    render plain: "own"
  end

  def refuse
    head :method_not_allowed
  end

  def fail
    raise "as it should"
  end
end

Rails.application.initialize!
Rails.application.routes.draw do
  match "/items", to: "items#index", via: :all
  match "/private", to: "items#index", via: :all
  get "/own", to: "items#own"
  post "/405", to: "items#refuse"
  get "/500", to: "items#fail"
end
run Rails.application
