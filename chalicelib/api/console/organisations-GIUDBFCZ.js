import{a as t,b as o}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
