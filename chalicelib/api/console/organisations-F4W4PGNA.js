import{a as t,b as o}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
