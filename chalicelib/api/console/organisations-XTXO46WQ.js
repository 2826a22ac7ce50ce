import{J as t,L as o}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
